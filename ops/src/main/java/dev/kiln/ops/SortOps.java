package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.streams.Stream;
import dev.kiln.streams.StreamOrDevice;

/** Orders along an axis, and running folds. Without an axis the array is flattened; negative axes count from the end. */
abstract class SortOps extends IndexOps {

    SortOps() {}

    /** Applies what works along the last axis to {@code axis}. */
    private static Array along(Primitive primitive, Array a, int axis, StreamOrDevice... on) {
        Stream stream = StreamOrDevice.resolve(on);
        int at = Axes.of(primitive.name(), axis, Operands.require(primitive.name(), "a", a).ndim());
        Array rows = moveaxis(a, at, -1, stream);
        return moveaxis(Operands.of(primitive, stream, rows.node()), -1, at, stream);
    }

    /** The elements in ascending order along {@code axis}; NaN comes last. */
    public static Array sort(Array a, int axis, StreamOrDevice... on) {
        return along(new Sort(), a, axis, on);
    }

    /** All elements in ascending order, flattened. */
    public static Array sort(Array a, StreamOrDevice... on) {
        Operands.require("sort", "a", a);
        return sort(flatten(a, on), 0, on);
    }

    /** The uint32 indices that sort along {@code axis}; equal elements keep their order, and NaN comes last. */
    public static Array argsort(Array a, int axis, StreamOrDevice... on) {
        return along(new ArgSort(), a, axis, on);
    }

    /** The uint32 indices that sort the flattened array. */
    public static Array argsort(Array a, StreamOrDevice... on) {
        Operands.require("argsort", "a", a);
        return argsort(flatten(a, on), 0, on);
    }

    /** Along {@code axis}, what sorting puts at {@code kth} in that place, with nothing greater before it. */
    public static Array partition(Array a, int kth, int axis, StreamOrDevice... on) {
        Operands.require("partition", "a", a);
        requirePlace("partition", a, kth, axis);
        return sort(a, axis, on);
    }

    /** {@link #partition(Array, int, int, StreamOrDevice...)} of the flattened array. */
    public static Array partition(Array a, int kth, StreamOrDevice... on) {
        Operands.require("partition", "a", a);
        return partition(flatten(a, on), kth, 0, on);
    }

    /** The uint32 indices that {@link #partition(Array, int, int, StreamOrDevice...)} along {@code axis}. */
    public static Array argpartition(Array a, int kth, int axis, StreamOrDevice... on) {
        Operands.require("argpartition", "a", a);
        requirePlace("argpartition", a, kth, axis);
        return argsort(a, axis, on);
    }

    /** The uint32 indices that {@link #partition(Array, int, int, StreamOrDevice...)} the flattened array. */
    public static Array argpartition(Array a, int kth, StreamOrDevice... on) {
        Operands.require("argpartition", "a", a);
        return argpartition(flatten(a, on), kth, 0, on);
    }

    private static void requirePlace(String op, Array a, int kth, int axis) {
        long length = a.shape().dim(Axes.of(op, axis, a.ndim()));
        if (kth < -length || kth >= length) {
            throw new IllegalArgumentException("[" + op + "] Received invalid kth " + kth + " along axis " + axis
                    + " for array with shape: " + a.shape());
        }
    }

    /** The {@code k} largest elements along {@code axis}, in ascending order. */
    public static Array topk(Array a, int k, int axis, StreamOrDevice... on) {
        Operands.require("topk", "a", a);
        int at = Axes.of("topk", axis, a.ndim());
        long length = a.shape().dim(at);
        if (k < 0 || k > length) {
            throw new IllegalArgumentException("[topk] Received invalid k=" + k + " along axis " + axis
                    + " for array with shape: " + a.shape());
        }
        long[] start = new long[a.ndim()];
        start[at] = length - k;
        return slice(sort(a, at, on), start, a.shape().toArray(), on);
    }

    /** The {@code k} largest of all elements, in ascending order. */
    public static Array topk(Array a, int k, StreamOrDevice... on) {
        Operands.require("topk", "a", a);
        return topk(flatten(a, on), k, 0, on);
    }

    private static Array scan(Scan.Op op, Array a, int axis, boolean reverse, boolean inclusive,
            StreamOrDevice... on) {
        Scan scan = new Scan(op, inclusive);
        int at = Axes.of(scan.name(), axis, Operands.require(scan.name(), "a", a).ndim());
        return reverse ? flip(along(scan, flip(a, at, on), at, on), at, on) : along(scan, a, at, on);
    }

    /**
     * Running sums along {@code axis}; int32 for bool.
     *
     * @param reverse whether they run from the end
     * @param inclusive whether each element is part of its own sum
     */
    public static Array cumsum(Array a, int axis, boolean reverse, boolean inclusive, StreamOrDevice... on) {
        return scan(Scan.Op.SUM, a, axis, reverse, inclusive, on);
    }

    /** Running sums along {@code axis}. */
    public static Array cumsum(Array a, int axis, StreamOrDevice... on) {
        return cumsum(a, axis, false, true, on);
    }

    /** Running sums of the flattened array. */
    public static Array cumsum(Array a, StreamOrDevice... on) {
        Operands.require("cumsum", "a", a);
        return cumsum(flatten(a, on), 0, on);
    }

    /** Running products; see {@link #cumsum(Array, int, boolean, boolean, StreamOrDevice...)}. */
    public static Array cumprod(Array a, int axis, boolean reverse, boolean inclusive, StreamOrDevice... on) {
        return scan(Scan.Op.PROD, a, axis, reverse, inclusive, on);
    }

    /** Running products along {@code axis}. */
    public static Array cumprod(Array a, int axis, StreamOrDevice... on) {
        return cumprod(a, axis, false, true, on);
    }

    /** Running products of the flattened array. */
    public static Array cumprod(Array a, StreamOrDevice... on) {
        Operands.require("cumprod", "a", a);
        return cumprod(flatten(a, on), 0, on);
    }

    /** Running maxima, NaN from the first NaN on; see {@link #cumsum(Array, int, boolean, boolean, StreamOrDevice...)}. */
    public static Array cummax(Array a, int axis, boolean reverse, boolean inclusive, StreamOrDevice... on) {
        return scan(Scan.Op.MAX, a, axis, reverse, inclusive, on);
    }

    /** Running maxima along {@code axis}. */
    public static Array cummax(Array a, int axis, StreamOrDevice... on) {
        return cummax(a, axis, false, true, on);
    }

    /** Running maxima of the flattened array. */
    public static Array cummax(Array a, StreamOrDevice... on) {
        Operands.require("cummax", "a", a);
        return cummax(flatten(a, on), 0, on);
    }

    /** Running minima, NaN from the first NaN on; see {@link #cumsum(Array, int, boolean, boolean, StreamOrDevice...)}. */
    public static Array cummin(Array a, int axis, boolean reverse, boolean inclusive, StreamOrDevice... on) {
        return scan(Scan.Op.MIN, a, axis, reverse, inclusive, on);
    }

    /** Running minima along {@code axis}. */
    public static Array cummin(Array a, int axis, StreamOrDevice... on) {
        return cummin(a, axis, false, true, on);
    }

    /** Running minima of the flattened array. */
    public static Array cummin(Array a, StreamOrDevice... on) {
        Operands.require("cummin", "a", a);
        return cummin(flatten(a, on), 0, on);
    }
}
