package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.Reg;
import dev.kiln.backends.cpu.UnaryLoop;
import jdk.incubator.vector.FloatVector;

/** Vector loops over float32, which the functions of {@link F32Functions} fill in. */
final class F32Templates {
    private F32Templates() {}

    /** Applies a function of one value. */
    static final class Unary implements UnaryLoop {
        @Override
        public void run(Reg out, Reg a, int n) {
            float[] x = a.f();
            float[] y = out.f();
            for (int i = 0; i < n; i += Species.F32.length()) {
                Hole.floats(FloatVector.fromArray(Species.F32, x, i)).intoArray(y, i);
            }
        }
    }

    /** Applies a function of two values. */
    static final class Binary implements BinaryLoop {
        @Override
        public void run(Reg out, Reg a, Reg b, int n) {
            float[] x = a.f();
            float[] y = b.f();
            float[] z = out.f();
            for (int i = 0; i < n; i += Species.F32.length()) {
                Hole.floats(FloatVector.fromArray(Species.F32, x, i), FloatVector.fromArray(Species.F32, y, i))
                        .intoArray(z,
                                i);
            }
        }
    }

    /** Applies a test of one value. */
    static final class Test implements UnaryLoop {
        @Override
        public void run(Reg out, Reg a, int n) {
            float[] x = a.f();
            long[] y = out.l();
            for (int i = 0; i < n; i += Species.I64.length()) {
                Truth.store(Hole.testFloats(FloatVector.fromArray(Species.F32_HALF, x, i)), y, i);
            }
        }
    }

    /** Applies a test of two values. */
    static final class Test2 implements BinaryLoop {
        @Override
        public void run(Reg out, Reg a, Reg b, int n) {
            float[] x = a.f();
            float[] y = b.f();
            long[] z = out.l();
            for (int i = 0; i < n; i += Species.I64.length()) {
                Truth.store(Hole.testFloats(FloatVector.fromArray(Species.F32_HALF, x, i),
                        FloatVector.fromArray(Species.F32_HALF, y, i)), z, i);
            }
        }
    }
}
