package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Shape;
import dev.kiln.streams.Stream;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A distribution over the indices of an axis, given by unnormalised log-probabilities. Drawn from with the Gumbel-max trick
 * (Maddison, Tarlow and Minka 2014, arXiv:1411.0030): the largest of the logits plus Gumbel noise is at index i with the
 * probability of i.
 */
record Categorical(Array logits, int axis) {

    /**
     * The distribution along {@code axis}, which may be negative.
     *
     * @throws IllegalArgumentException if there is no such axis, or it is empty
     */
    static Categorical of(Array logits, int axis) {
        Operands.require("categorical", "logits", logits);
        if (axis < -logits.ndim() || axis >= logits.ndim()) {
            throw new IllegalArgumentException("[categorical] Invalid axis " + axis + " for logits with "
                    + logits.ndim() + " dimensions.");
        }
        if (logits.dim(axis) == 0) {
            throw new IllegalArgumentException("[categorical] Cannot draw from logits with shape " + logits.shape()
                    + ", which have none along axis " + axis + ".");
        }
        return new Categorical(logits, axis < 0 ? axis + logits.ndim() : axis);
    }

    /** One index for each row. */
    Array draw(Array key, Stream stream) {
        return draw(rows(), key, stream);
    }

    /** {@code samples} indices for each row, along a new last axis. */
    Array draw(int samples, Array key, Stream stream) {
        Shape widened = insert(logits.shape(), logits.ndim(), 1);
        Array wide = Operands.of(new Reshape(widened), stream, logits.node());
        return new Categorical(wide, axis).draw(insert(rows(), logits.ndim() - 1, samples), key, stream);
    }

    /** Indices of {@code shape}, to which that of the rows broadcasts. */
    Array draw(Shape shape, Array key, Stream stream) {
        if (!Shape.broadcast(shape, rows()).equals(shape)) {
            throw new IllegalArgumentException("[categorical] Requested shape " + shape
                    + " is not broadcast compatible with reduced logits shape " + rows() + ".");
        }
        int at = axis + shape.rank() - logits.ndim() + 1;
        Array noise = Random.gumbel(insert(shape, at, logits.dim(axis)), DType.FLOAT32, key, stream);
        Node largest = noise.add(logits, stream).node();
        return Operands.of(new Reduce(Reduce.Op.ARGMAX, List.of(at), false), stream, largest);
    }

    private Shape rows() {
        long[] dims = logits.shape().toArray();
        return Shape.shape(LongStream.concat(LongStream.of(dims).limit(axis), LongStream.of(dims).skip(axis + 1L))
                .toArray());
    }

    private static Shape insert(Shape shape, int at, long dim) {
        long[] dims = shape.toArray();
        return Shape.shape(LongStream.concat(LongStream.concat(LongStream.of(dims).limit(at), LongStream.of(dim)),
                LongStream.of(dims).skip(at)).toArray());
    }
}
