package dev.kiln.backends.cpu.vector;

import java.util.Map;
import jdk.incubator.vector.FloatVector;

/**
 * How rows of floats are folded: the step of each fold, which takes a vector into a partial result, under its name in camel
 * case. {@link RowCodeWriter} copies them into its loops, so none of them branches.
 */
final class F32Folds {

    /**
     * A fold.
     *
     * @param start what partial results start from
     * @param join the function of {@link F32Functions} that makes one of two partial results
     */
    record Fold(float start, String join) {}

    /** By name. */
    static final Map<String, Fold> ALL = Map.of("sum", new Fold(0, "add"), "sum_of_squares", new Fold(0, "add"),
            "sum_of_squared_deviations", new Fold(0, "add"), "dot", new Fold(0, "add"), "prod",
            new Fold(1, "multiply"), "max", new Fold(Float.NEGATIVE_INFINITY, "maximum"), "min",
            new Fold(Float.POSITIVE_INFINITY, "minimum"));

    private F32Folds() {}

    static FloatVector sum(FloatVector partial, FloatVector v) {
        return partial.add(v);
    }

    static FloatVector sumOfSquares(FloatVector partial, FloatVector v) {
        return v.fma(v, partial);
    }

    static FloatVector sumOfSquaredDeviations(FloatVector partial, FloatVector v, FloatVector mean) {
        FloatVector deviation = v.sub(mean);
        return deviation.fma(deviation, partial);
    }

    static FloatVector dot(FloatVector partial, FloatVector v, FloatVector u, FloatVector shift) {
        return v.sub(shift).fma(u, partial);
    }

    static FloatVector prod(FloatVector partial, FloatVector v) {
        return partial.mul(v);
    }

    static FloatVector max(FloatVector partial, FloatVector v) {
        return partial.max(v);
    }

    static FloatVector min(FloatVector partial, FloatVector v) {
        return partial.min(v);
    }
}
