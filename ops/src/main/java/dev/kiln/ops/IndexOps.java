package dev.kiln.ops;

import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.Shape;
import dev.kiln.streams.Stream;
import dev.kiln.streams.StreamOrDevice;
import java.util.Arrays;
import java.util.List;

/** Parts of arrays, by ranges and by arrays of indices. Negative indices and axes count from the end. */
abstract class IndexOps extends JoinOps {

    IndexOps() {}

    /**
     * A view of every {@code strides[i]}-th element of axis {@code i} from {@code start[i]} (included) to {@code stop[i]}
     * (excluded), by NumPy's rules: what lies out of bounds is cut off, and negative strides go backwards.
     *
     * @throws IllegalArgumentException if there are not as many of each as axes, or a stride is 0
     */
    public static Array slice(Array a, long[] start, long[] stop, long[] strides, StreamOrDevice... on) {
        Operands.require("slice", "a", a);
        Stream stream = StreamOrDevice.resolve(on);
        Slice slice = resolved("slice", a.shape(), start, stop, strides);
        return slice.isWhole(a.shape()) ? a : Operands.of(slice, stream, a.node());
    }

    /** {@link #slice(Array, long[], long[], long[], StreamOrDevice...)} of every element. */
    public static Array slice(Array a, long[] start, long[] stop, StreamOrDevice... on) {
        Operands.require("slice", "a", a);
        long[] ones = new long[a.ndim()];
        Arrays.fill(ones, 1);
        return slice(a, start, stop, ones, on);
    }

    /**
     * NumPy's {@code a[indices]}, such as {@code get(a, new Index[] {slice(1, 5), index(-1), ellipsis(), newAxis()})}. A view,
     * unless one of the indices is an array; more than one array is refused.
     *
     * @throws IllegalArgumentException if there are too many indices, or a position is out of bounds
     */
    public static Array get(Array a, Index[] indices, StreamOrDevice... on) {
        Operands.require("get", "a", a);
        return Indexing.get(a, List.of(indices), on);
    }

    /** {@link #get(Array, Index[], StreamOrDevice...)} on the default stream. */
    public static Array get(Array a, Index... indices) {
        return get(a, indices, new StreamOrDevice[0]);
    }

    /** The elements of each of these axes, or without any of all, in reverse order: a view. */
    public static Array flip(Array a, int[] axes, StreamOrDevice... on) {
        Operands.require("flip", "a", a);
        long[] start = new long[a.ndim()];
        long[] stop = a.shape().toArray();
        long[] strides = new long[a.ndim()];
        Arrays.fill(strides, 1);
        for (int axis : axes) {
            int at = Axes.of("flip", axis, a.ndim());
            start[at] = a.shape().dim(at) - 1;
            stop[at] = -a.shape().dim(at) - 1;
            strides[at] = -1;
        }
        return slice(a, start, stop, strides, on);
    }

    /** The elements of one axis in reverse order: a view. */
    public static Array flip(Array a, int axis, StreamOrDevice... on) {
        return flip(a, new int[] {axis}, on);
    }

    /**
     * {@code a} with the elements that {@link #slice(Array, long[], long[], long[], StreamOrDevice...)} would show replaced by
     * {@code update}, cast to its dtype and broadcast to the slice.
     */
    public static Array sliceUpdate(Array a, Array update, long[] start, long[] stop, long[] strides,
            StreamOrDevice... on) {
        Operands.require("slice_update", "a", a);
        Operands.require("slice_update", "update", update);
        Stream stream = StreamOrDevice.resolve(on);
        Slice slice = resolved("slice_update", a.shape(), start, stop, strides);
        Array fitting = broadcastTo("slice_update", update.astype(a.dtype(), stream), slice.shape(), stream);
        return slice.isWhole(a.shape())
                ? fitting
                : Operands.of(new SliceUpdate(slice.start(), slice.step()), stream, a.node(), fitting.node());
    }

    /** {@link #sliceUpdate(Array, Array, long[], long[], long[], StreamOrDevice...)} of every element. */
    public static Array sliceUpdate(Array a, Array update, long[] start, long[] stop, StreamOrDevice... on) {
        Operands.require("slice_update", "a", a);
        Operands.require("slice_update", "update", update);
        long[] ones = new long[a.ndim()];
        Arrays.fill(ones, 1);
        return sliceUpdate(a, update, start, stop, ones, on);
    }

    /**
     * {@code a} with a block replaced by {@code update}, cast to its dtype. The block's first index along {@code axes[i]} is the
     * integer {@code start[i]}, an element of an array, so that it can change from call to call of a compiled function and
     * never plans again. Along other axes the block is as long as {@code a}, and {@code update} may be broadcast.
     *
     * <p>
     * With {@link Array#donate} the update happens in place: {@code cache = sliceUpdate(cache.donate(), rows, at, new int[] {2})}.
     * A block that does not lie in {@code a} fails the computation.
     *
     * @throws IllegalArgumentException if {@code start} are not as many integers as {@code axes}, an axis is named twice, or the
     *     shapes do not fit
     */
    public static Array sliceUpdate(Array a, Array update, Array start, int[] axes, StreamOrDevice... on) {
        Operands.require("slice_update", "a", a);
        Operands.require("slice_update", "update", update);
        Operands.require("slice_update", "start", start);
        Stream stream = StreamOrDevice.resolve(on);
        requireIntegers("slice_update", start);
        if (start.size() != axes.length) {
            throw new IllegalArgumentException("[slice_update] There are " + start.size() + " starting indices for "
                    + axes.length + " axes.");
        }
        if (update.ndim() != a.ndim()) {
            throw new IllegalArgumentException("[slice_update] The update of dimension " + update.ndim()
                    + " does not match array of dimension " + a.ndim() + ".");
        }
        int[] along = Arrays.stream(axes).map(axis -> Axes.of("slice_update", axis, a.ndim())).toArray();
        Shape block = a.shape();
        for (int axis : along) {
            block = block.with(axis, update.dim(axis));
            if (Arrays.stream(along).filter(other -> other == axis).count() > 1) {
                throw new IllegalArgumentException("[slice_update] Axis " + axis + " is named more than once.");
            }
            if (update.dim(axis) > a.dim(axis)) {
                throw new IllegalArgumentException("[slice_update] The update " + update.shape() + " along axes "
                        + Arrays.toString(axes) + " does not fit " + a.shape() + ".");
            }
        }
        Array fitting = broadcastTo("slice_update", update.astype(a.dtype(), stream), block, stream);
        return fitting.size() == 0
                ? a
                : Operands.of(new DynamicSliceUpdate(ImmutableIntArray.copyOf(along)), stream, a.node(), fitting.node(),
                        flatten(start, stream).node());
    }

    private static Slice resolved(String op, Shape shape, long[] start, long[] stop, long[] strides) {
        int rank = shape.rank();
        if (start.length != rank || stop.length != rank || strides.length != rank) {
            throw new IllegalArgumentException(
                    "[" + op + "] Invalid number of indices or strides for array with dimension " + rank + ".");
        }
        long[] first = new long[rank];
        long[] step = new long[rank];
        long[] count = new long[rank];
        for (int i = 0; i < rank; i++) {
            if (strides[i] == 0) {
                throw new IllegalArgumentException("[" + op + "] The stride of axis " + i + " is 0.");
            }
            long length = shape.dim(i);
            long from = start[i] < 0 ? start[i] + length : start[i];
            long to = stop[i] < 0 ? stop[i] + length : stop[i];
            if (strides[i] > 0) {
                first[i] = Math.clamp(from, 0, length);
                count[i] = Math.ceilDiv(Math.clamp(to, first[i], Math.max(first[i], length)) - first[i], strides[i]);
            } else {
                first[i] = Math.clamp(from, -1, length - 1);
                count[i] = Math.ceilDiv(first[i] - Math.clamp(to, -1, first[i]),
                        -Math.max(strides[i], -Long.MAX_VALUE));
            }
            step[i] = count[i] <= 1 ? 1 : strides[i];
        }
        return new Slice(ImmutableLongArray.copyOf(first), ImmutableLongArray.copyOf(step), Shape.shape(count));
    }

    /**
     * The slices of {@code a} along {@code axis} at integer {@code indices}, whose shape replaces that axis. An index out of
     * bounds fails the computation.
     *
     * @throws IllegalArgumentException if the indices are not integers, or the axis is empty and {@code indices} are not
     */
    public static Array take(Array a, Array indices, int axis, StreamOrDevice... on) {
        Operands.require("take", "a", a);
        Operands.require("take", "indices", indices);
        Stream stream = StreamOrDevice.resolve(on);
        if (axis < -a.ndim() || axis >= a.ndim()) {
            throw new IllegalArgumentException(
                    "[take] Received invalid axis " + axis + " for array with " + a.ndim() + " dimensions.");
        }
        requireIntegers("take", indices);
        if (a.shape().dim(axis) == 0 && indices.size() != 0) {
            throw new IllegalArgumentException("[take] Cannot do a non-empty take from an empty axis.");
        }
        return Operands.of(new Take(axis < 0 ? axis + a.ndim() : axis), stream, a.node(), indices.node());
    }

    /** The elements of the flattened {@code a} at {@code indices}. */
    public static Array take(Array a, Array indices, StreamOrDevice... on) {
        Operands.require("take", "a", a);
        return take(flatten(a, on), indices, 0, on);
    }

    /** The slice of {@code a} along {@code axis} at one index: a view without that axis. */
    public static Array take(Array a, long index, int axis, StreamOrDevice... on) {
        Operands.require("take", "a", a);
        if (axis < -a.ndim() || axis >= a.ndim()) {
            throw new IllegalArgumentException(
                    "[take] Received invalid axis " + axis + " for array with " + a.ndim() + " dimensions.");
        }
        int along = axis < 0 ? axis + a.ndim() : axis;
        long length = a.shape().dim(along);
        if (index < -length || index >= length) {
            throw new IllegalArgumentException("[take] Index " + index + " is out of bounds for axis " + axis
                    + " of array with shape " + a.shape() + ".");
        }
        long[] start = new long[a.ndim()];
        long[] stop = a.shape().toArray();
        start[along] = index < 0 ? index + length : index;
        stop[along] = start[along] + 1;
        return squeeze(slice(a, start, stop, on), along, on);
    }

    /**
     * Of each row along {@code axis}, the elements at that row's indices. All axes but this one broadcast to each other.
     *
     * @throws IllegalArgumentException if the indices are not integers, or have another number of axes
     */
    public static Array takeAlongAxis(Array a, Array indices, int axis, StreamOrDevice... on) {
        Operands.require("take_along_axis", "indices", indices);
        Stream stream = StreamOrDevice.resolve(on);
        int at = requireRows("take_along_axis", a, indices, axis);
        Shape rows = Operands.broadcast("take_along_axis", List.of(a.shape().with(at, 1), indices.shape().with(at, 1)));
        return Operands.of(new TakeAlongAxis(at), stream,
                Operands.broadcast(a.node(), rows.with(at, a.shape().dim(at)), stream),
                Operands.broadcast(indices.node(), rows.with(at, indices.shape().dim(at)), stream));
    }

    /**
     * {@code a} with, in each row along {@code axis}, the elements at that row's indices replaced by {@code values}; of equal
     * indices the last wins. {@code values} broadcast to the indices and are cast; the indices broadcast to the rows of
     * {@code a}.
     *
     * @throws IllegalArgumentException if the indices are not integers, or have another number of axes
     */
    public static Array putAlongAxis(Array a, Array indices, Array values, int axis, StreamOrDevice... on) {
        Operands.require("put_along_axis", "indices", indices);
        Operands.require("put_along_axis", "values", values);
        Stream stream = StreamOrDevice.resolve(on);
        int at = requireRows("put_along_axis", a, indices, axis);
        Shape places = a.shape().with(at, indices.shape().dim(at));
        return Operands.of(new PutAlongAxis(at), stream, a.node(),
                broadcastTo("put_along_axis", indices, places, stream).node(),
                broadcastTo("put_along_axis", values.astype(a.dtype(), stream), places, stream).node());
    }

    private static int requireRows(String op, Array a, Array indices, int axis) {
        int at = Axes.of(op, axis, Operands.require(op, "a", a).ndim());
        if (Operands.require(op, "indices", indices).ndim() != a.ndim()) {
            throw new IllegalArgumentException("[" + op + "] Indices of dimension " + indices.ndim()
                    + " does not match array of dimension " + a.ndim() + ".");
        }
        requireIntegers(op, indices);
        return at;
    }

    private static void requireIntegers(String op, Array indices) {
        if (!indices.dtype().isInteger()) {
            throw new IllegalArgumentException("[" + op + "] Got indices with invalid dtype " + indices.dtype()
                    + ". Indices must be integral.");
        }
    }
}
