package dev.kiln.ops;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Shape;
import dev.kiln.streams.Stream;
import dev.kiln.streams.StreamOrDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Arrays put together, taken apart, repeated and padded. Negative axes count from the end. */
abstract class JoinOps extends ShapeOps {

    JoinOps() {}

    /**
     * The arrays, promoted to one dtype, behind each other along {@code axis}.
     *
     * @throws IllegalArgumentException if there are none, or their other axes disagree
     */
    public static Array concatenate(List<Array> arrays, int axis, StreamOrDevice... on) {
        Operands.requireAll("concatenate", arrays);
        Stream stream = StreamOrDevice.resolve(on);
        if (arrays.isEmpty()) {
            throw new IllegalArgumentException("[concatenate] No arrays provided for concatenation");
        }
        Array first = arrays.getFirst();
        if (arrays.size() == 1) {
            return first;
        }
        int along = Axes.of("concatenate", axis, first.ndim());
        for (Array array : arrays) {
            if (array.ndim() != first.ndim()) {
                throw new IllegalArgumentException("[concatenate] All the input arrays must have the same number of "
                        + "dimensions. However, got arrays with dimensions " + first.ndim() + " and " + array.ndim()
                        + ".");
            }
            if (!array.shape().with(along, 0).equals(first.shape().with(along, 0))) {
                throw new IllegalArgumentException("[concatenate] All the input array dimensions must match exactly "
                        + "except for the concatenation axis. However, the provided shapes are "
                        + arrays.stream().map(a -> a.shape() + ", ").collect(Collectors.joining())
                        + "and the concatenation axis is " + axis + ".");
            }
        }
        DType dtype = arrays.stream().map(Array::dtype).reduce(first.dtype(), DType::promote);
        return Operands.of(new Concatenate(along), stream,
                arrays.stream().map(a -> Operands.cast(a.node(), dtype, stream)).toArray(Node[]::new));
    }

    /** The arrays behind each other along their first axis. */
    public static Array concatenate(List<Array> arrays, StreamOrDevice... on) {
        return concatenate(arrays, 0, on);
    }

    /** Arrays of one shape behind each other along a new axis at this place of the result. */
    public static Array stack(List<Array> arrays, int axis, StreamOrDevice... on) {
        Operands.requireAll("stack", arrays);
        if (arrays.isEmpty()) {
            throw new IllegalArgumentException("[stack] No arrays provided for stacking");
        }
        Shape shape = arrays.getFirst().shape();
        if (!arrays.stream().allMatch(array -> array.shape().equals(shape))) {
            throw new IllegalArgumentException("[stack] All arrays must have the same shape");
        }
        int along = Axes.of("stack", axis, shape.rank() + 1);
        return concatenate(arrays.stream().map(array -> expandDims(array, along, on)).toList(), along, on);
    }

    /** Arrays of one shape behind each other along a new first axis. */
    public static Array stack(List<Array> arrays, StreamOrDevice... on) {
        return stack(arrays, 0, on);
    }

    /** Views of {@code a}, cut along {@code axis} before each of these indices. */
    public static List<Array> split(Array a, long[] indices, int axis, StreamOrDevice... on) {
        Operands.require("split", "a", a);
        int along = Axes.of("split", axis, a.ndim());
        long[] start = new long[a.ndim()];
        long[] stop = a.shape().toArray();
        long[] ends = LongStream.concat(LongStream.of(indices), LongStream.of(stop[along])).toArray();
        List<Array> parts = new ArrayList<>();
        for (long end : ends) {
            stop[along] = end;
            parts.add(IndexOps.slice(a, start, stop, on));
            start[along] = end;
        }
        return List.copyOf(parts);
    }

    /**
     * Views of {@code a}, cut along {@code axis} into equal parts.
     *
     * @throws IllegalArgumentException if the axis does not divide into so many
     */
    public static List<Array> split(Array a, int numSplits, int axis, StreamOrDevice... on) {
        Operands.require("split", "a", a);
        int along = Axes.of("split", axis, a.ndim());
        if (numSplits <= 0) {
            throw new IllegalArgumentException(
                    "[split] num_splits must be positive and non-zero but got " + numSplits + ".");
        }
        long length = a.shape().dim(along);
        if (length % numSplits != 0) {
            throw new IllegalArgumentException("[split] Array split does not result in sub arrays with equal size:"
                    + " attempting " + numSplits + " splits along axis " + axis + " for shape " + a.shape() + ".");
        }
        return split(a, LongStream.range(1, numSplits).map(i -> i * (length / numSplits)).toArray(), along, on);
    }

    /** Each element {@code repeats} times along {@code axis}. */
    public static Array repeat(Array a, int repeats, int axis, StreamOrDevice... on) {
        Operands.require("repeat", "a", a);
        int along = Axes.of("repeat", axis, a.ndim());
        if (repeats < 0) {
            throw new IllegalArgumentException("[repeat] Number of repeats cannot be negative");
        }
        if (repeats == 1) {
            return a;
        }
        long[] dims = a.shape().toArray();
        long[] repeated = Axes.replace(dims, along, along + 1, dims[along], repeats);
        Array spread = broadcastTo(expandDims(a, along + 1, on), Shape.shape(repeated), on);
        return reshape(spread, a.shape().with(along, Math.multiplyExact(dims[along], (long) repeats)), on);
    }

    /** Each element of the flattened array {@code repeats} times. */
    public static Array repeat(Array a, int repeats, StreamOrDevice... on) {
        Operands.require("repeat", "a", a);
        return repeat(flatten(a, on), repeats, 0, on);
    }

    /** The whole array {@code reps[i]} times along each axis; missing leading axes and repetitions are 1. */
    public static Array tile(Array a, int[] reps, StreamOrDevice... on) {
        Operands.require("tile", "a", a);
        int rank = Math.max(reps.length, a.ndim());
        long[] split = new long[2 * rank];
        long[] spread = new long[2 * rank];
        long[] tiled = new long[rank];
        for (int i = 0; i < rank; i++) {
            int axis = i - (rank - a.ndim());
            int rep = i - (rank - reps.length);
            long dim = axis < 0 ? 1 : a.shape().dim(axis);
            long times = rep < 0 ? 1 : reps[rep];
            if (times < 0) {
                throw new IllegalArgumentException(
                        "[tile] Number of repetitions cannot be negative: " + Arrays.toString(reps) + ".");
            }
            split[2 * i] = 1;
            split[2 * i + 1] = dim;
            spread[2 * i] = times;
            spread[2 * i + 1] = dim;
            tiled[i] = Math.multiplyExact(times, dim);
        }
        return reshape(broadcastTo(reshape(a, split, on), spread, on), tiled, on);
    }

    /** {@code shifts[i]} steps to higher indices along {@code axes[i]}; what leaves at the end comes in at the start. */
    public static Array roll(Array a, long[] shifts, int[] axes, StreamOrDevice... on) {
        Operands.require("roll", "a", a);
        if (shifts.length < axes.length) {
            throw new IllegalArgumentException("[roll] At least one shift value per axis is required, " + shifts.length
                    + " provided for " + axes.length + " axes.");
        }
        Array rolled = a;
        for (int i = 0; i < axes.length; i++) {
            int along = Axes.of("roll", axes[i], a.ndim());
            long length = a.shape().dim(along);
            long shift = length == 0 ? 0 : Math.floorMod(shifts[i], length);
            if (shift != 0) {
                List<Array> parts = split(rolled, new long[] {length - shift}, along, on);
                rolled = concatenate(parts.reversed(), along, on);
            }
        }
        return rolled;
    }

    /** Shifted by {@code shift} along {@code axis}. */
    public static Array roll(Array a, long shift, int axis, StreamOrDevice... on) {
        return roll(a, new long[] {shift}, new int[] {axis}, on);
    }

    /** The flattened array shifted by {@code shift}, in the shape of {@code a}. */
    public static Array roll(Array a, long shift, StreamOrDevice... on) {
        Operands.require("roll", "a", a);
        return reshape(roll(flatten(a, on), shift, 0, on), a.shape(), on);
    }

    /**
     * A border of {@code value} around {@code a}.
     *
     * @param padWidth for each axis, how many elements come before and how many behind
     * @param value a scalar, cast to the dtype of {@code a}
     */
    public static Array pad(Array a, long[][] padWidth, Array value, StreamOrDevice... on) {
        Operands.require("pad", "a", a);
        Operands.require("pad", "value", value);
        Stream stream = StreamOrDevice.resolve(on);
        requirePadding(a, padWidth);
        if (value.ndim() != 0) {
            throw new IllegalArgumentException("[pad] The value must be a scalar, but got " + value.node().spec()
                    + " for array with shape " + a.shape() + ".");
        }
        return Operands.of(new Pad(side(padWidth, 0), side(padWidth, 1)), stream, a.node(),
                Operands.cast(value.node(), a.dtype(), stream));
    }

    /** A border of one number around {@code a}. */
    public static Array pad(Array a, long[][] padWidth, Number value, StreamOrDevice... on) {
        return pad(a, padWidth, Operands.scalar("pad", value, "a", a), on);
    }

    /** A border of zeros around {@code a}. */
    public static Array pad(Array a, long[][] padWidth, StreamOrDevice... on) {
        return pad(a, padWidth, 0, on);
    }

    /**
     * A border around {@code a} by one of the modes.
     *
     * @throws IllegalArgumentException if the border's elements come from the array and an axis that needs some is empty
     */
    public static Array pad(Array a, long[][] padWidth, PadMode mode, StreamOrDevice... on) {
        Operands.require("pad", "a", a);
        if (mode == PadMode.CONSTANT) {
            return pad(a, padWidth, 0, on);
        }
        requirePadding(a, padWidth);
        Array padded = a;
        for (int axis = 0; axis < a.ndim(); axis++) {
            long low = padWidth[axis][0];
            long length = a.shape().dim(axis);
            long total = low + length + padWidth[axis][1];
            if (total > length && length == 0) {
                throw new IllegalArgumentException("[pad] Axis " + axis + " of array with shape " + a.shape()
                        + " is empty and has nothing to be padded with in mode " + mode + ".");
            }
            if (total > length) {
                long[] sources = LongStream.range(0, total).map(i -> mode.source(i - low, length)).toArray();
                padded = IndexOps.take(padded, Array.of(sources), axis, on);
            }
        }
        return padded;
    }

    /** A border of {@code padWidth} zeros at both ends of each axis. */
    public static Array pad(Array a, long padWidth, StreamOrDevice... on) {
        Operands.require("pad", "a", a);
        long[][] everywhere = IntStream.range(0, a.ndim()).mapToObj(i -> new long[] {padWidth, padWidth})
                .toArray(long[][]::new);
        return pad(a, everywhere, 0, on);
    }

    private static void requirePadding(Array a, long[][] padWidth) {
        if (padWidth.length != a.ndim() || Arrays.stream(padWidth).anyMatch(pair -> pair.length != 2)) {
            throw new IllegalArgumentException("[pad] Invalid number of padding sizes: " + a.ndim()
                    + " pairs are needed for array with shape " + a.shape() + ", but got "
                    + Arrays.deepToString(padWidth) + ".");
        }
        for (int i = 0; i < padWidth.length; i++) {
            for (int end = 0; end < 2; end++) {
                if (padWidth[i][end] < 0) {
                    throw new IllegalArgumentException("[pad] Invalid " + (end == 0 ? "low" : "high")
                            + " padding size (" + padWidth[i][end] + ") passed to pad for axis " + i
                            + ". Padding sizes must be non-negative");
                }
            }
        }
    }

    private static ImmutableLongArray side(long[][] padWidth, int end) {
        return ImmutableLongArray.copyOf(Arrays.stream(padWidth).mapToLong(pair -> pair[end]));
    }
}
