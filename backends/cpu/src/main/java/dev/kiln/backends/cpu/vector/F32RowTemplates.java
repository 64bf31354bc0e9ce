package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.LoopTemplate;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Vector loops along a row of floats, which {@link VectorRowsF32} fills in. */
final class F32RowTemplates {
    private F32RowTemplates() {}

    /** Takes a vector into a partial result; {@code p} is the parameter of the loop. */
    @FunctionalInterface
    interface Step {
        FloatVector of(FloatVector partial, FloatVector v, FloatVector p);
    }

    /** Makes one of two partial results. */
    @FunctionalInterface
    interface Join {
        FloatVector of(FloatVector a, FloatVector b);
    }

    /** A reduction: where partial results start, how they grow, how they are joined. */
    record Fold(float start, Step step, Join join) {}

    /** A function of a vector and two parameters of the loop. */
    @FunctionalInterface
    interface Function {
        FloatVector of(FloatVector v, FloatVector p, FloatVector q);
    }

    /** Four partial results, so that one addition need not wait for the one before it. */
    static final class Reduce implements F32Reduction {
        private static final Fold FN = LoopTemplate.function(MethodHandles.lookup(), Fold.class);

        @Override
        public float run(float[] x, int at, int cols, float parameter) {
            int lanes = Species.F32.length();
            FloatVector p = FloatVector.broadcast(Species.F32, parameter);
            FloatVector a = FloatVector.broadcast(Species.F32, FN.start());
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            int i = 0;
            for (; i <= cols - 4 * lanes; i += 4 * lanes) {
                a = FN.step().of(a, FloatVector.fromArray(Species.F32, x, at + i), p);
                b = FN.step().of(b, FloatVector.fromArray(Species.F32, x, at + i + lanes), p);
                c = FN.step().of(c, FloatVector.fromArray(Species.F32, x, at + i + 2 * lanes), p);
                d = FN.step().of(d, FloatVector.fromArray(Species.F32, x, at + i + 3 * lanes), p);
            }
            for (; i <= cols - lanes; i += lanes) {
                a = FN.step().of(a, FloatVector.fromArray(Species.F32, x, at + i), p);
            }
            if (i < cols) {
                VectorMask<Float> rest = Species.F32.indexInRange(i, cols);
                b = b.blend(FN.step().of(b, FloatVector.fromArray(Species.F32, x, at + i, rest), p), rest);
            }
            return across(FN.join().of(FN.join().of(a, b), FN.join().of(c, d)));
        }

        /** Half onto half, see {@link Across}; here, where the join is a constant. */
        private static float across(FloatVector v) {
            FloatVector r = v;
            if (Across.F32 > 8) {
                r = FN.join().of(r, r.rearrange(Across.F32_BY_8));
            }
            if (Across.F32 > 4) {
                r = FN.join().of(r, r.rearrange(Across.F32_BY_4));
            }
            if (Across.F32 > 2) {
                r = FN.join().of(r, r.rearrange(Across.F32_BY_2));
            }
            return FN.join().of(r, r.rearrange(Across.F32_BY_1)).lane(0);
        }
    }

    /** A sum with one partial result and one call, for a step so long that a copy of it is all the JIT compiler inlines. */
    static final class SumSlowly implements F32Reduction {
        private static final Fold FN = LoopTemplate.function(MethodHandles.lookup(), Fold.class);

        @Override
        public float run(float[] x, int at, int cols, float parameter) {
            int lanes = Species.F32.length();
            FloatVector p = FloatVector.broadcast(Species.F32, parameter);
            FloatVector a = FloatVector.broadcast(Species.F32, FN.start());
            for (int i = 0; i < cols; i += lanes) {
                VectorMask<Float> present = Species.F32.indexInRange(i, cols);
                a = a.blend(FN.step().of(a, FloatVector.fromArray(Species.F32, x, at + i, present), p), present);
            }
            return Across.sum(a);
        }
    }

    /** Applies a function to every element. */
    static final class Map implements F32Mapping {
        private static final Function FN = LoopTemplate.function(MethodHandles.lookup(), Function.class);

        @Override
        public void run(float[] y, float[] x, int at, int cols, float parameter, float second) {
            int lanes = Species.F32.length();
            FloatVector p = FloatVector.broadcast(Species.F32, parameter);
            FloatVector q = FloatVector.broadcast(Species.F32, second);
            int i = 0;
            for (; i <= cols - lanes; i += lanes) {
                FN.of(FloatVector.fromArray(Species.F32, x, at + i), p, q).intoArray(y, at + i);
            }
            if (i < cols) {
                VectorMask<Float> rest = Species.F32.indexInRange(i, cols);
                FN.of(FloatVector.fromArray(Species.F32, x, at + i, rest), p, q).intoArray(y, at + i, rest);
            }
        }
    }
}
