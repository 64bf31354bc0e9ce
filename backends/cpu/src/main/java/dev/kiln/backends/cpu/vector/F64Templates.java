package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.Reg;
import dev.kiln.backends.cpu.UnaryLoop;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;

/** Vector loops over float64, which the rows of {@link F64Table} fill in. */
final class F64Templates {
    private F64Templates() {}

    /** A function of one vector. */
    @FunctionalInterface
    interface Function {
        DoubleVector of(DoubleVector v);
    }

    /** A function of two vectors. */
    @FunctionalInterface
    interface Function2 {
        DoubleVector of(DoubleVector a, DoubleVector b);
    }

    /** A test of one vector. */
    @FunctionalInterface
    interface Predicate {
        VectorMask<Double> of(DoubleVector v);
    }

    /** A test of two vectors. */
    @FunctionalInterface
    interface Relation {
        VectorMask<Double> of(DoubleVector a, DoubleVector b);
    }

    /** Applies a function of one value. */
    static final class Unary implements UnaryLoop {
        private static final Function FN = LoopTemplate.function(MethodHandles.lookup(), Function.class);

        @Override
        public void run(Reg out, Reg a, int n) {
            double[] x = a.d();
            double[] y = out.d();
            for (int i = 0; i < n; i += Species.F64.length()) {
                FN.of(DoubleVector.fromArray(Species.F64, x, i)).intoArray(y, i);
            }
        }
    }

    /** Applies a function of two values. */
    static final class Binary implements BinaryLoop {
        private static final Function2 FN = LoopTemplate.function(MethodHandles.lookup(), Function2.class);

        @Override
        public void run(Reg out, Reg a, Reg b, int n) {
            double[] x = a.d();
            double[] y = b.d();
            double[] z = out.d();
            for (int i = 0; i < n; i += Species.F64.length()) {
                FN.of(DoubleVector.fromArray(Species.F64, x, i), DoubleVector.fromArray(Species.F64, y, i)).intoArray(z,
                        i);
            }
        }
    }

    /** Applies a test of one value. */
    static final class Test implements UnaryLoop {
        private static final Predicate FN = LoopTemplate.function(MethodHandles.lookup(), Predicate.class);

        @Override
        public void run(Reg out, Reg a, int n) {
            double[] x = a.d();
            long[] y = out.l();
            for (int i = 0; i < n; i += Species.I64.length()) {
                Truth.store(FN.of(DoubleVector.fromArray(Species.F64, x, i)), y, i);
            }
        }
    }

    /** Applies a test of two values. */
    static final class Test2 implements BinaryLoop {
        private static final Relation FN = LoopTemplate.function(MethodHandles.lookup(), Relation.class);

        @Override
        public void run(Reg out, Reg a, Reg b, int n) {
            double[] x = a.d();
            double[] y = b.d();
            long[] z = out.l();
            for (int i = 0; i < n; i += Species.I64.length()) {
                Truth.store(FN.of(DoubleVector.fromArray(Species.F64, x, i), DoubleVector.fromArray(Species.F64, y, i)),
                        z, i);
            }
        }
    }
}
