package dev.kiln.backends.cpu.vector;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * How rows of floats are folded: the step of each fold, which takes a vector into a partial result, under its name in camel
 * case. {@link RowCodeWriter} copies them into its loops, so none of them branches.
 */
final class F32Folds {

    /** How a fold begins and ends. */
    @Retention(RetentionPolicy.RUNTIME)
    @interface Fold {
        /** What partial results start from. */
        float start();

        /** The function of {@link F32Functions} that makes one of two partial results. */
        String join();
    }

    private F32Folds() {}

    @Fold(start = 0, join = "add")
    static FloatVector sum(FloatVector partial, FloatVector v) {
        return partial.add(v);
    }

    @Fold(start = 0, join = "add")
    static FloatVector sumOfSquares(FloatVector partial, FloatVector v) {
        return v.fma(v, partial);
    }

    @Fold(start = 0, join = "add")
    static FloatVector sumOfSquaredDeviations(FloatVector partial, FloatVector v, FloatVector mean) {
        FloatVector deviation = v.sub(mean);
        return deviation.fma(deviation, partial);
    }

    @Fold(start = 0, join = "add")
    static FloatVector dot(FloatVector partial, FloatVector v, FloatVector u, FloatVector shift) {
        return v.sub(shift).fma(u, partial);
    }

    @Fold(start = 1, join = "multiply")
    static FloatVector prod(FloatVector partial, FloatVector v) {
        return partial.mul(v);
    }

    @Fold(start = Float.NEGATIVE_INFINITY, join = "maximum")
    static FloatVector max(FloatVector partial, FloatVector v) {
        return partial.max(v);
    }

    /** The maximum of what is not NaN, in two instructions instead of six. */
    @Fold(start = Float.NEGATIVE_INFINITY, join = "maximum")
    static FloatVector maxNumber(FloatVector partial, FloatVector v) {
        return partial.blend(v, v.compare(VectorOperators.GT, partial));
    }

    @Fold(start = Float.POSITIVE_INFINITY, join = "minimum")
    static FloatVector min(FloatVector partial, FloatVector v) {
        return partial.min(v);
    }
}
