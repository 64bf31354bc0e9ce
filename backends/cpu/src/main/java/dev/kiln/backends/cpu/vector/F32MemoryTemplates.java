package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.FloatLoop;
import dev.kiln.backends.cpu.LoopTemplate;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.VectorMask;

/** Vector loops over float32 in memory, which the functions of {@link F32Functions} fill in. */
final class F32MemoryTemplates {
    private F32MemoryTemplates() {}

    /** Applies a function of one value. */
    static final class Unary implements FloatLoop {
        private static final F32Templates.Function FN = LoopTemplate.function(MethodHandles.lookup(),
                F32Templates.Function.class);

        @Override
        public void run(long out, long a, long b, int n) {
            int lanes = Species.F32.length();
            int i = 0;
            for (; i <= n - lanes; i += lanes) {
                VectorMemory.writeFloat32(FN.of(VectorMemory.readFloat32(a + 4L * i)), out + 4L * i);
            }
            if (i < n) {
                VectorMask<Float> rest = Species.F32.indexInRange(i, n);
                VectorMemory.writeFloat32(FN.of(VectorMemory.readFloat32(a + 4L * i, rest)), out + 4L * i, rest);
            }
        }
    }

    /** Applies a function of two values. */
    static final class Binary implements FloatLoop {
        private static final F32Templates.Function2 FN = LoopTemplate.function(MethodHandles.lookup(),
                F32Templates.Function2.class);

        @Override
        public void run(long out, long a, long b, int n) {
            int lanes = Species.F32.length();
            int i = 0;
            for (; i <= n - lanes; i += lanes) {
                VectorMemory.writeFloat32(
                        FN.of(VectorMemory.readFloat32(a + 4L * i), VectorMemory.readFloat32(b + 4L * i)),
                        out + 4L * i);
            }
            if (i < n) {
                VectorMask<Float> rest = Species.F32.indexInRange(i, n);
                VectorMemory.writeFloat32(FN.of(VectorMemory.readFloat32(a + 4L * i, rest),
                        VectorMemory.readFloat32(b + 4L * i, rest)), out + 4L * i, rest);
            }
        }
    }
}
