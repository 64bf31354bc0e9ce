package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.FloatLoop;
import dev.kiln.backends.cpu.FourRowsLoop;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Vector loops over float32 in memory, which the functions of {@link F32Functions} fill in. What is left over is done by a method of
 * its own: the JVM's first compiler, C1, gives up on a method with twice the code of a long function, and without it a loop stays
 * interpreted for much longer.
 */
final class F32MemoryTemplates {
    private F32MemoryTemplates() {}

    /** Applies a function of one value. */
    static final class Unary implements FloatLoop {
        @Override
        public void run(long out, long a, long b, int n) {
            int lanes = Species.F32.length();
            int i = 0;
            for (; i <= n - lanes; i += lanes) {
                VectorMemory.writeFloat32(Hole.floats(VectorMemory.readFloat32(a + 4L * i)), out + 4L * i);
            }
            if (i < n) {
                rest(out + 4L * i, a + 4L * i, n - i);
            }
        }

        private static void rest(long out, long a, int n) {
            VectorMask<Float> rest = Species.F32.indexInRange(0, n);
            VectorMemory.writeFloat32(Hole.floats(VectorMemory.readFloat32(a, rest)), out, rest);
        }
    }

    /** Applies a function of two values. */
    static final class Binary implements FloatLoop {
        @Override
        public void run(long out, long a, long b, int n) {
            int lanes = Species.F32.length();
            int i = 0;
            for (; i <= n - lanes; i += lanes) {
                VectorMemory.writeFloat32(
                        Hole.floats(VectorMemory.readFloat32(a + 4L * i), VectorMemory.readFloat32(b + 4L * i)),
                        out + 4L * i);
            }
            if (i < n) {
                rest(out + 4L * i, a + 4L * i, b + 4L * i, n - i);
            }
        }

        private static void rest(long out, long a, long b, int n) {
            VectorMask<Float> rest = Species.F32.indexInRange(0, n);
            VectorMemory.writeFloat32(
                    Hole.floats(VectorMemory.readFloat32(a, rest), VectorMemory.readFloat32(b, rest)), out, rest);
        }
    }

    /** Combines rows of float32. */
    static final class FourRows implements FourRowsLoop {
        @Override
        public void run(long out, long numbers, long a, long b, long c, long d, int n) {
            int lanes = Species.F32.length();
            int whole = Species.F32.loopBound(n);
            for (int i = 0; i != whole; i += lanes) {
                long at = 4L * i;
                FloatVector v = Hole.floats(VectorMemory.readFloat32(numbers + at), VectorMemory.readFloat32(a + at));
                v = Hole.floats(v, VectorMemory.readFloat32(b + at));
                v = Hole.floats(v, VectorMemory.readFloat32(c + at));
                VectorMemory.writeFloat32(Hole.floats(v, VectorMemory.readFloat32(d + at)), out + at);
            }
            if (whole < n) {
                long at = 4L * whole;
                VectorMask<Float> rest = Species.F32.indexInRange(whole, n);
                FloatVector v = Hole.floats(VectorMemory.readFloat32(numbers + at, rest),
                        VectorMemory.readFloat32(a + at, rest));
                v = Hole.floats(v, VectorMemory.readFloat32(b + at, rest));
                v = Hole.floats(v, VectorMemory.readFloat32(c + at, rest));
                VectorMemory.writeFloat32(Hole.floats(v, VectorMemory.readFloat32(d + at, rest)), out + at, rest);
            }
        }
    }

    /** Combines rows of bfloat16. */
    static final class FourBfloat16Rows implements FourRowsLoop {
        @Override
        public void run(long out, long numbers, long a, long b, long c, long d, int n) {
            int lanes = Species.F32.length();
            int whole = Species.F32.loopBound(n);
            for (int i = 0; i != whole; i += lanes) {
                long at = 2L * i;
                FloatVector v = Hole.floats(VectorMemory.readFloat32(numbers + 2 * at),
                        VectorMemory.readBfloat16(a + at));
                v = Hole.floats(v, VectorMemory.readBfloat16(b + at));
                v = Hole.floats(v, VectorMemory.readBfloat16(c + at));
                VectorMemory.writeFloat32(Hole.floats(v, VectorMemory.readBfloat16(d + at)), out + 2 * at);
            }
            if (whole < n) {
                long at = 2L * whole;
                VectorMask<Float> rest = Species.F32.indexInRange(whole, n);
                FloatVector v = Hole.floats(VectorMemory.readFloat32(numbers + 2 * at, rest),
                        VectorMemory.readBfloat16(a + at, rest));
                v = Hole.floats(v, VectorMemory.readBfloat16(b + at, rest));
                v = Hole.floats(v, VectorMemory.readBfloat16(c + at, rest));
                VectorMemory.writeFloat32(Hole.floats(v, VectorMemory.readBfloat16(d + at, rest)), out + 2 * at, rest);
            }
        }
    }
}
