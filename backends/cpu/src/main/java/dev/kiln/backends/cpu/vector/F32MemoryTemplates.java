package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.FloatLoop;
import dev.kiln.backends.cpu.FourRowsLoop;
import dev.kiln.backends.cpu.LoopTemplate;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
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

    /** Combines rows of float32. */
    static final class FourRows implements FourRowsLoop {
        private static final F32Templates.Function2 FN = LoopTemplate.function(MethodHandles.lookup(),
                F32Templates.Function2.class);

        @Override
        public void run(long out, long numbers, long a, long b, long c, long d, int n) {
            int lanes = Species.F32.length();
            int whole = Species.F32.loopBound(n);
            for (int i = 0; i != whole; i += lanes) {
                long at = 4L * i;
                FloatVector v = FN.of(VectorMemory.readFloat32(numbers + at), VectorMemory.readFloat32(a + at));
                v = FN.of(v, VectorMemory.readFloat32(b + at));
                v = FN.of(v, VectorMemory.readFloat32(c + at));
                VectorMemory.writeFloat32(FN.of(v, VectorMemory.readFloat32(d + at)), out + at);
            }
            if (whole < n) {
                long at = 4L * whole;
                VectorMask<Float> rest = Species.F32.indexInRange(whole, n);
                FloatVector v = FN.of(VectorMemory.readFloat32(numbers + at, rest),
                        VectorMemory.readFloat32(a + at, rest));
                v = FN.of(v, VectorMemory.readFloat32(b + at, rest));
                v = FN.of(v, VectorMemory.readFloat32(c + at, rest));
                VectorMemory.writeFloat32(FN.of(v, VectorMemory.readFloat32(d + at, rest)), out + at, rest);
            }
        }
    }

    /** Combines rows of bfloat16. */
    static final class FourBfloat16Rows implements FourRowsLoop {
        private static final F32Templates.Function2 FN = LoopTemplate.function(MethodHandles.lookup(),
                F32Templates.Function2.class);

        @Override
        public void run(long out, long numbers, long a, long b, long c, long d, int n) {
            int lanes = Species.F32.length();
            int whole = Species.F32.loopBound(n);
            for (int i = 0; i != whole; i += lanes) {
                long at = 2L * i;
                FloatVector v = FN.of(VectorMemory.readFloat32(numbers + 2 * at), VectorMemory.readBfloat16(a + at));
                v = FN.of(v, VectorMemory.readBfloat16(b + at));
                v = FN.of(v, VectorMemory.readBfloat16(c + at));
                VectorMemory.writeFloat32(FN.of(v, VectorMemory.readBfloat16(d + at)), out + 2 * at);
            }
            if (whole < n) {
                long at = 2L * whole;
                VectorMask<Float> rest = Species.F32.indexInRange(whole, n);
                FloatVector v = FN.of(VectorMemory.readFloat32(numbers + 2 * at, rest),
                        VectorMemory.readBfloat16(a + at, rest));
                v = FN.of(v, VectorMemory.readBfloat16(b + at, rest));
                v = FN.of(v, VectorMemory.readBfloat16(c + at, rest));
                VectorMemory.writeFloat32(FN.of(v, VectorMemory.readBfloat16(d + at, rest)), out + 2 * at, rest);
            }
        }
    }
}
