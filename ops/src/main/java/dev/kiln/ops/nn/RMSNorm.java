package dev.kiln.ops.nn;

import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import java.util.function.UnaryOperator;

/**
 * Root mean square normalisation over the last axis; see {@link Fast#rmsNorm}.
 *
 * @param weight of shape (dims)
 * @param eps added to the mean square
 */
public record RMSNorm(Array weight, double eps) implements Module<RMSNorm>, UnaryOperator<Array> {

    private static final double EPS = 1e-5;

    /** With a weight of ones and an eps of 1e-5. */
    public RMSNorm(int dims) {
        this(dims, EPS);
    }

    /** With a weight of ones. */
    public RMSNorm(int dims, double eps) {
        this(Ops.ones(Shape.shape(dims)), eps);
    }

    @Override
    public Array apply(Array x) {
        return Fast.rmsNorm(x, weight, eps);
    }
}
