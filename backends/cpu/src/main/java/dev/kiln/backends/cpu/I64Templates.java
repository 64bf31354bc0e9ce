package dev.kiln.backends.cpu;

import java.lang.invoke.MethodHandles;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/** Scalar loops over integers and truth values. */
final class I64Templates {
    private I64Templates() {}

    /** A function of one value; tests are functions that give 0 or 1. */
    static final class Unary implements UnaryLoop {
        private static final LongUnaryOperator FN = LoopTemplate.function(MethodHandles.lookup(),
                LongUnaryOperator.class);

        @Override
        public void run(Reg out, Reg a, int n) {
            long[] x = a.l();
            long[] y = out.l();
            for (int i = 0; i < n; i++) {
                y[i] = FN.applyAsLong(x[i]);
            }
        }
    }

    /** A function of two values. */
    static final class Binary implements BinaryLoop {
        private static final LongBinaryOperator FN = LoopTemplate.function(MethodHandles.lookup(),
                LongBinaryOperator.class);

        @Override
        public void run(Reg out, Reg a, Reg b, int n) {
            long[] x = a.l();
            long[] y = b.l();
            long[] z = out.l();
            for (int i = 0; i < n; i++) {
                z[i] = FN.applyAsLong(x[i], y[i]);
            }
        }
    }
}
