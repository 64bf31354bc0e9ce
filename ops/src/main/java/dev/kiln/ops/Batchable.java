package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.streams.Stream;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a primitive implements that knows what becomes of it when some of its inputs have one more axis, at the front, along
 * which it is to be done for each. Elementwise primitives need no rule; others without one are vectorised through their
 * decomposition.
 */
public interface Batchable {

    /** The results for each, one behind the other along a new first axis. */
    Array vmap(Batch inputs);

    /** A primitive whose inputs may have any leading axes, as long as they all have them. */
    interface ByRow extends Batchable, AsPrimitive {
        @Override
        default Array vmap(Batch inputs) {
            return inputs.apply(primitive());
        }
    }

    /** Lets a rule apply what it belongs to. */
    interface AsPrimitive {
        /** This. */
        default Primitive primitive() {
            return (Primitive) this;
        }
    }

    /**
     * The inputs of a primitive.
     *
     * @param arrays some with one more axis at the front
     * @param mapped the numbers of those
     * @param size the length of that axis
     */
    record Batch(List<Array> arrays, Set<Integer> mapped, long size) {

        /** An input as it is. */
        Array get(int input) {
            return arrays.get(input);
        }

        boolean isMapped(int input) {
            return mapped.contains(input);
        }

        /** An input with the axis; repeated along it if it did not have it. */
        Array all(int input) {
            Array a = get(input);
            return isMapped(input) ? a : Ops.broadcastTo(a, with(a.shape()));
        }

        /** {@code shape} with the axis in front. */
        Shape with(Shape shape) {
            return Shape.shape(Axes.replace(shape.toArray(), 0, 0, size));
        }

        /** The shape of an input without the axis. */
        Shape shape(int input) {
            Shape shape = get(input).shape();
            return isMapped(input) ? Shape.shape(Axes.replace(shape.toArray(), 0, 1)) : shape;
        }

        /** {@code primitive} of all inputs, each with the axis. */
        Array apply(Primitive primitive) {
            return Operands.of(primitive, Stream.defaultStream(),
                    IntStream.range(0, arrays.size()).mapToObj(i -> all(i).node()).toArray(Node[]::new));
        }

        /** An input of shape (B, ...) with axes of length 1 behind the first, so that its rank is {@code rank}. */
        Array spread(int input, int rank) {
            Array a = all(input);
            long[] ones = new long[rank - a.ndim()];
            Arrays.fill(ones, 1);
            return Ops.reshape(a, Shape.shape(Axes.replace(a.shape().toArray(), 1, 1, ones)));
        }
    }
}
