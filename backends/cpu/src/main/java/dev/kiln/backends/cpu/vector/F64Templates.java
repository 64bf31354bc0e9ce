package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.Reg;
import dev.kiln.backends.cpu.UnaryLoop;
import jdk.incubator.vector.DoubleVector;

/** Vector loops over float64, which the functions of {@link F64Functions} fill in. */
final class F64Templates {
    private F64Templates() {}

    /** Applies a function of one value. */
    static final class Unary implements UnaryLoop {
        @Override
        public void run(Reg out, Reg a, int n) {
            double[] x = a.d();
            double[] y = out.d();
            for (int i = 0; i < n; i += Species.F64.length()) {
                Hole.doubles(DoubleVector.fromArray(Species.F64, x, i)).intoArray(y, i);
            }
        }
    }

    /** Applies a function of two values. */
    static final class Binary implements BinaryLoop {
        @Override
        public void run(Reg out, Reg a, Reg b, int n) {
            double[] x = a.d();
            double[] y = b.d();
            double[] z = out.d();
            for (int i = 0; i < n; i += Species.F64.length()) {
                Hole.doubles(DoubleVector.fromArray(Species.F64, x, i), DoubleVector.fromArray(Species.F64, y, i))
                        .intoArray(z,
                                i);
            }
        }
    }

    /** Applies a test of one value. */
    static final class Test implements UnaryLoop {
        @Override
        public void run(Reg out, Reg a, int n) {
            double[] x = a.d();
            long[] y = out.l();
            for (int i = 0; i < n; i += Species.I64.length()) {
                Truth.store(Hole.testDoubles(DoubleVector.fromArray(Species.F64, x, i)), y, i);
            }
        }
    }

    /** Applies a test of two values. */
    static final class Test2 implements BinaryLoop {
        @Override
        public void run(Reg out, Reg a, Reg b, int n) {
            double[] x = a.d();
            double[] y = b.d();
            long[] z = out.l();
            for (int i = 0; i < n; i += Species.I64.length()) {
                Truth.store(
                        Hole.testDoubles(DoubleVector.fromArray(Species.F64, x, i),
                                DoubleVector.fromArray(Species.F64, y, i)),
                        z, i);
            }
        }
    }
}
