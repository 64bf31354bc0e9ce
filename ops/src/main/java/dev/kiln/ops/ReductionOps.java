package dev.kiln.ops;

import dev.kiln.streams.Stream;
import dev.kiln.streams.StreamOrDevice;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Functions that fold axes. Without axes all are folded; {@code keepdims} keeps the folded axes with length 1. 16-bit floats
 * accumulate in float32.
 */
abstract class ReductionOps extends BinaryOps {

    private static final int[] ALL = {};

    ReductionOps() {}

    private static Array reduce(Reduce.Op op, Array a, int[] axes, boolean keepdims, Stream stream) {
        String name = new Reduce(op, List.of(), keepdims).name();
        int rank = a.ndim();
        List<Integer> folded = axes.length == 0
                ? IntStream.range(0, rank).boxed().toList()
                : Arrays.stream(axes).map(axis -> a.shape().axis(name, axis)).sorted().distinct().boxed().toList();
        if (axes.length > 0 && folded.size() != axes.length) {
            throw new IllegalArgumentException("[" + name + "] Received duplicate axes " + Arrays.toString(axes)
                    + " for array with shape " + a.shape() + ".");
        }
        return Operands.of(new Reduce(op, folded, keepdims), stream, a.node());
    }

    /** The sum over {@code axes}; int32 for bool. The sum of nothing is 0. */
    public static Array sum(Array a, int[] axes, boolean keepdims, StreamOrDevice... on) {
        return reduce(Reduce.Op.SUM, a, axes, keepdims, StreamOrDevice.resolve(on));
    }

    /** The sum over one axis. */
    public static Array sum(Array a, int axis, boolean keepdims, StreamOrDevice... on) {
        return sum(a, new int[] {axis}, keepdims, on);
    }

    /** The sum over all axes. */
    public static Array sum(Array a, StreamOrDevice... on) {
        return sum(a, ALL, false, on);
    }

    /** The mean over {@code axes}; float32 for integers. */
    public static Array mean(Array a, int[] axes, boolean keepdims, StreamOrDevice... on) {
        return reduce(Reduce.Op.MEAN, a.astype(a.dtype().toInexact(), on), axes, keepdims, StreamOrDevice.resolve(on));
    }

    /** The mean over one axis; float32 for integers. */
    public static Array mean(Array a, int axis, boolean keepdims, StreamOrDevice... on) {
        return mean(a, new int[] {axis}, keepdims, on);
    }

    /** The mean over all axes; float32 for integers. */
    public static Array mean(Array a, StreamOrDevice... on) {
        return mean(a, ALL, false, on);
    }

}
