package dev.kiln.ops.nn;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;
import java.util.function.UnaryOperator;

/**
 * A row of numbers for each token.
 *
 * @param weight of shape (tokens, dims)
 */
public record Embedding(Array weight) implements Module<Embedding>, UnaryOperator<Array> {

    /** With float32 rows drawn from the normal distribution of variance 1/dims. */
    public Embedding(int tokens, int dims) {
        this(Random.normal(Shape.shape(tokens, dims), DType.FLOAT32, 0, Math.sqrt(1.0 / dims)));
    }

    /** The rows of tokens, integers of any shape, along a new last axis. */
    @Override
    public Array apply(Array tokens) {
        return Ops.take(weight, tokens, 0);
    }

    /** The products of {@code x} with all rows: the output of a model that ties it to its input. */
    public Array asLinear(Array x) {
        return x.matmul(weight.transpose());
    }
}
