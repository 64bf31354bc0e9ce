package dev.kiln.ops.nn;

import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalisation over the last axis; see {@link Fast#layerNorm}.
 *
 * @param weight of shape (dims), or null for none
 * @param bias of shape (dims), or null for none
 * @param eps added to the variance
 */
public record LayerNorm(@Nullable Array weight, @Nullable Array bias, double eps)
        implements
            Module<LayerNorm>,
            UnaryOperator<Array> {

    private static final double EPS = 1e-5;

    /** With a weight of ones, a bias of zeros and an eps of 1e-5. */
    public LayerNorm(int dims) {
        this(Ops.ones(Shape.shape(dims)), Ops.zeros(Shape.shape(dims)), EPS);
    }

    @Override
    public Array apply(Array x) {
        return Fast.layerNorm(x, weight, bias, eps);
    }
}
