package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.LoopTemplate;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;

/** Vector loops along a row of doubles, which {@link VectorRowsF64} fills in. */
final class F64RowTemplates {
    private F64RowTemplates() {}

    /** Takes a vector into a partial result; {@code p} is the parameter of the loop. */
    @FunctionalInterface
    interface Step {
        DoubleVector of(DoubleVector partial, DoubleVector v, DoubleVector p);
    }

    /** Makes one of two partial results. */
    @FunctionalInterface
    interface Join {
        DoubleVector of(DoubleVector a, DoubleVector b);
    }

    /** A reduction: where partial results start, how they grow, how they are joined. */
    record Fold(double start, Step step, Join join) {}

    /** A function of a vector and two parameters of the loop. */
    @FunctionalInterface
    interface Function {
        DoubleVector of(DoubleVector v, DoubleVector p, DoubleVector q);
    }

    /** Four partial results, so that one addition need not wait for the one before it. */
    static final class Reduce implements F64Reduction {
        private static final Fold FN = LoopTemplate.function(MethodHandles.lookup(), Fold.class);

        @Override
        public double run(double[] x, int at, int cols, double parameter) {
            int lanes = Species.F64.length();
            DoubleVector p = DoubleVector.broadcast(Species.F64, parameter);
            DoubleVector a = DoubleVector.broadcast(Species.F64, FN.start());
            DoubleVector b = a;
            DoubleVector c = a;
            DoubleVector d = a;
            int i = 0;
            for (; i <= cols - 4 * lanes; i += 4 * lanes) {
                a = FN.step().of(a, DoubleVector.fromArray(Species.F64, x, at + i), p);
                b = FN.step().of(b, DoubleVector.fromArray(Species.F64, x, at + i + lanes), p);
                c = FN.step().of(c, DoubleVector.fromArray(Species.F64, x, at + i + 2 * lanes), p);
                d = FN.step().of(d, DoubleVector.fromArray(Species.F64, x, at + i + 3 * lanes), p);
            }
            for (; i <= cols - lanes; i += lanes) {
                a = FN.step().of(a, DoubleVector.fromArray(Species.F64, x, at + i), p);
            }
            if (i < cols) {
                VectorMask<Double> rest = Species.F64.indexInRange(i, cols);
                b = b.blend(FN.step().of(b, DoubleVector.fromArray(Species.F64, x, at + i, rest), p), rest);
            }
            return across(FN.join().of(FN.join().of(a, b), FN.join().of(c, d)));
        }

        /** Half onto half, see {@link Across}; here, where the join is a constant. */
        private static double across(DoubleVector v) {
            DoubleVector r = v;
            if (Across.F64 > 4) {
                r = FN.join().of(r, r.rearrange(Across.F64_BY_4));
            }
            if (Across.F64 > 2) {
                r = FN.join().of(r, r.rearrange(Across.F64_BY_2));
            }
            return FN.join().of(r, r.rearrange(Across.F64_BY_1)).lane(0);
        }
    }

    /** A sum with one partial result and one call, for a step so long that a copy of it is all the JIT compiler inlines. */
    static final class SumSlowly implements F64Reduction {
        private static final Fold FN = LoopTemplate.function(MethodHandles.lookup(), Fold.class);

        @Override
        public double run(double[] x, int at, int cols, double parameter) {
            int lanes = Species.F64.length();
            DoubleVector p = DoubleVector.broadcast(Species.F64, parameter);
            DoubleVector a = DoubleVector.broadcast(Species.F64, FN.start());
            for (int i = 0; i < cols; i += lanes) {
                VectorMask<Double> present = Species.F64.indexInRange(i, cols);
                a = a.blend(FN.step().of(a, DoubleVector.fromArray(Species.F64, x, at + i, present), p), present);
            }
            return Across.sum(a);
        }
    }

    /** Applies a function to every element. */
    static final class Map implements F64Mapping {
        private static final Function FN = LoopTemplate.function(MethodHandles.lookup(), Function.class);

        @Override
        public void run(double[] y, double[] x, int at, int cols, double parameter, double second) {
            int lanes = Species.F64.length();
            DoubleVector p = DoubleVector.broadcast(Species.F64, parameter);
            DoubleVector q = DoubleVector.broadcast(Species.F64, second);
            int i = 0;
            for (; i <= cols - lanes; i += lanes) {
                FN.of(DoubleVector.fromArray(Species.F64, x, at + i), p, q).intoArray(y, at + i);
            }
            if (i < cols) {
                VectorMask<Double> rest = Species.F64.indexInRange(i, cols);
                FN.of(DoubleVector.fromArray(Species.F64, x, at + i, rest), p, q).intoArray(y, at + i, rest);
            }
        }
    }
}
