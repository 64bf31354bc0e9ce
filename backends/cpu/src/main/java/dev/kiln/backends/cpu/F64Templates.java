package dev.kiln.backends.cpu;

import java.lang.invoke.MethodHandles;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;

/** Scalar loops over float64. */
final class F64Templates {
    private F64Templates() {}

    /** A function of one value. */
    static final class Unary implements UnaryLoop {
        private static final DoubleUnaryOperator FN = LoopTemplate.function(MethodHandles.lookup(),
                DoubleUnaryOperator.class);

        @Override
        public void run(Reg out, Reg a, int n) {
            double[] x = a.d();
            double[] y = out.d();
            for (int i = 0; i < n; i++) {
                y[i] = FN.applyAsDouble(x[i]);
            }
        }
    }

    /** A test of one value. */
    static final class Test implements UnaryLoop {
        private static final DoublePredicate FN = LoopTemplate.function(MethodHandles.lookup(), DoublePredicate.class);

        @Override
        public void run(Reg out, Reg a, int n) {
            double[] x = a.d();
            long[] y = out.l();
            for (int i = 0; i < n; i++) {
                y[i] = FN.test(x[i]) ? 1 : 0;
            }
        }
    }

    /** A function of two values. */
    static final class Binary implements BinaryLoop {
        private static final DoubleBinaryOperator FN = LoopTemplate.function(MethodHandles.lookup(),
                DoubleBinaryOperator.class);

        @Override
        public void run(Reg out, Reg a, Reg b, int n) {
            double[] x = a.d();
            double[] y = b.d();
            double[] z = out.d();
            for (int i = 0; i < n; i++) {
                z[i] = FN.applyAsDouble(x[i], y[i]);
            }
        }
    }

    /** A test of two values. */
    static final class Relation implements BinaryLoop {
        private static final FloatTable.Relation FN = LoopTemplate.function(MethodHandles.lookup(),
                FloatTable.Relation.class);

        @Override
        public void run(Reg out, Reg a, Reg b, int n) {
            double[] x = a.d();
            double[] y = b.d();
            long[] z = out.l();
            for (int i = 0; i < n; i++) {
                z[i] = FN.test(x[i], y[i]) ? 1 : 0;
            }
        }
    }
}
