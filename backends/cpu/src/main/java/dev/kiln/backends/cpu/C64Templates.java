package dev.kiln.backends.cpu;

import java.lang.invoke.MethodHandles;
import java.util.function.DoubleBinaryOperator;

/** Scalar loops over complex64, computed in double and rounded once. */
final class C64Templates {
    private C64Templates() {}

    /** A complex function of one value. */
    static final class Unary implements UnaryLoop {
        private static final ComplexTable.Unary FN = LoopTemplate.function(MethodHandles.lookup(),
                ComplexTable.Unary.class);

        @Override
        public void run(Reg out, Reg a, int n) {
            float[] x = a.c();
            float[] y = out.c();
            for (int i = 0; i < 2 * n; i += 2) {
                double re = x[i];
                double im = x[i + 1];
                y[i] = (float) FN.re().applyAsDouble(re, im);
                y[i + 1] = (float) FN.im().applyAsDouble(re, im);
            }
        }
    }

    /** A real function of one value. */
    static final class Part implements UnaryLoop {
        private static final DoubleBinaryOperator FN = LoopTemplate.function(MethodHandles.lookup(),
                DoubleBinaryOperator.class);

        @Override
        public void run(Reg out, Reg a, int n) {
            float[] x = a.c();
            float[] y = out.f();
            for (int i = 0; i < n; i++) {
                y[i] = (float) FN.applyAsDouble(x[2 * i], x[2 * i + 1]);
            }
        }
    }

    /** A complex function of two values. */
    static final class Binary implements BinaryLoop {
        private static final ComplexTable.Binary FN = LoopTemplate.function(MethodHandles.lookup(),
                ComplexTable.Binary.class);

        @Override
        public void run(Reg out, Reg a, Reg b, int n) {
            float[] x = a.c();
            float[] y = b.c();
            float[] z = out.c();
            for (int i = 0; i < 2 * n; i += 2) {
                double p = x[i];
                double q = x[i + 1];
                double r = y[i];
                double s = y[i + 1];
                z[i] = (float) FN.re().of(p, q, r, s);
                z[i + 1] = (float) FN.im().of(p, q, r, s);
            }
        }
    }

    /** A test of two values. */
    static final class Relation implements BinaryLoop {
        private static final ComplexTable.Relation FN = LoopTemplate.function(MethodHandles.lookup(),
                ComplexTable.Relation.class);

        @Override
        public void run(Reg out, Reg a, Reg b, int n) {
            float[] x = a.c();
            float[] y = b.c();
            long[] z = out.l();
            for (int i = 0; i < n; i++) {
                z[i] = FN.test(x[2 * i], x[2 * i + 1], y[2 * i], y[2 * i + 1]) ? 1 : 0;
            }
        }
    }
}
