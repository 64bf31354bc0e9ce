package dev.kiln.ops;

import dev.kiln.graph.Shape;
import dev.kiln.streams.Stream;
import dev.kiln.streams.StreamOrDevice;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The same elements under other shapes and orders of axes. None of these computes: the result sees the memory of its
 * argument, which is copied only where strides cannot express a {@code reshape}. Negative axes count from the end.
 */
abstract class ShapeOps extends CreationOps {

    ShapeOps() {}

    /** {@link #reshape(Array, long[], StreamOrDevice...)} on the default stream. */
    public static Array reshape(Array a, long... shape) {
        return reshape(a, shape, new StreamOrDevice[0]);
    }

    /**
     * The elements of {@code a} in row-major order under another shape; one length may be -1 and is then what is left.
     *
     * @throws IllegalArgumentException if the shapes differ in size, or more than one length is to be inferred
     */
    public static Array reshape(Array a, long[] shape, StreamOrDevice... on) {
        return reshape(a, inferred(a, shape), on);
    }

    /** {@link #reshape(Array, long[], StreamOrDevice...)} to a complete shape. */
    public static Array reshape(Array a, Shape shape, StreamOrDevice... on) {
        Operands.require("reshape", "a", a);
        Stream stream = StreamOrDevice.resolve(on);
        if (shape.size() != a.size()) {
            throw cannotReshape(a, shape.toArray());
        }
        return shape.equals(a.shape()) ? a : Operands.of(new Reshape(shape), stream, a.node());
    }

    private static Shape inferred(Array a, long[] shape) {
        long[] dims = shape.clone();
        int open = -1;
        long size = 1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] != -1) {
                size *= dims[i];
            } else if (open >= 0) {
                throw new IllegalArgumentException("[reshape] Reshape can only infer one dimension.");
            } else {
                open = i;
            }
        }
        if (open >= 0 && size == 0) {
            throw new IllegalArgumentException("[reshape] Cannot infer the shape of an empty array");
        }
        if (open >= 0) {
            if (a.size() % size != 0) {
                throw cannotReshape(a, shape);
            }
            dims[open] = a.size() / size;
        }
        if (Arrays.stream(dims).anyMatch(dim -> dim < 0)) {
            throw cannotReshape(a, shape);
        }
        return Shape.shape(dims);
    }

    private static IllegalArgumentException cannotReshape(Array a, long[] shape) {
        return new IllegalArgumentException(
                "[reshape] Cannot reshape array of size " + a.size() + " into shape " + Operands.text(shape) + ".");
    }

    /** The axes {@code startAxis} to {@code endAxis}, both included, as one. */
    public static Array flatten(Array a, int startAxis, int endAxis, StreamOrDevice... on) {
        Operands.require("flatten", "a", a);
        int rank = a.ndim();
        if (rank == 0) {
            return reshape(a, new long[] {1}, on);
        }
        int start = Math.max(0, startAxis < 0 ? startAxis + rank : startAxis);
        int end = Math.min(rank - 1, endAxis < 0 ? endAxis + rank : endAxis);
        if (start >= rank) {
            throw new IllegalArgumentException(
                    "[flatten] Invalid start_axis " + startAxis + " for array with " + rank + " dimensions.");
        }
        if (end < 0) {
            throw new IllegalArgumentException(
                    "[flatten] Invalid end_axis " + endAxis + " for array with " + rank + " dimensions.");
        }
        if (end < start) {
            throw new IllegalArgumentException("[flatten] start_axis must be less than or equal to end_axis");
        }
        long[] dims = a.shape().toArray();
        long run = Arrays.stream(dims, start, end + 1).reduce(1, (x, y) -> x * y);
        return reshape(a, Axes.replace(dims, start, end + 1, run), on);
    }

    /** All axes as one. */
    public static Array flatten(Array a, StreamOrDevice... on) {
        return flatten(a, 0, -1, on);
    }

    /** One axis as several, whose lengths multiply to its length; one of them may be -1. */
    public static Array unflatten(Array a, int axis, long[] shape, StreamOrDevice... on) {
        Operands.require("unflatten", "a", a);
        if (shape.length == 0) {
            throw new IllegalArgumentException("[unflatten] Shape to unflatten to cannot be empty.");
        }
        int at = Axes.of("unflatten", axis, a.ndim());
        long[] dims = shape.clone();
        long known = Arrays.stream(dims).filter(dim -> dim != -1).reduce(1, (x, y) -> x * y);
        if (Arrays.stream(dims).filter(dim -> dim == -1).count() > 1) {
            throw new IllegalArgumentException("[unflatten] Can only infer one dimension.");
        }
        long length = a.shape().dim(at);
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == -1 && known != 0) {
                dims[i] = length / known;
            }
        }
        if (Arrays.stream(dims).reduce(1, (x, y) -> x * y) != length || Arrays.stream(dims).anyMatch(dim -> dim < 0)) {
            throw new IllegalArgumentException("[unflatten] Cannot unflatten axis " + axis + " with size " + length
                    + " into shape " + Operands.text(shape) + ".");
        }
        return reshape(a, Axes.replace(a.shape().toArray(), at, at + 1, dims), on);
    }

    /** New axes of length 1 at these places of the result. */
    public static Array expandDims(Array a, int[] axes, StreamOrDevice... on) {
        Operands.require("expand_dims", "a", a);
        int rank = a.ndim() + axes.length;
        Set<Integer> places = Axes.distinct("expand_dims", axes, rank);
        long[] dims = new long[rank];
        int from = 0;
        for (int i = 0; i < rank; i++) {
            dims[i] = places.contains(i) ? 1 : a.shape().dim(from++);
        }
        return reshape(a, dims, on);
    }

    /** A new axis of length 1 at this place of the result. */
    public static Array expandDims(Array a, int axis, StreamOrDevice... on) {
        return expandDims(a, new int[] {axis}, on);
    }

    /**
     * Without these axes.
     *
     * @throws IllegalArgumentException if one of them is longer than 1
     */
    public static Array squeeze(Array a, int[] axes, StreamOrDevice... on) {
        Operands.require("squeeze", "a", a);
        Set<Integer> gone = Axes.distinct("squeeze", axes, a.ndim());
        for (int axis : axes) {
            long length = a.shape().dim(axis);
            if (length != 1) {
                throw new IllegalArgumentException("[squeeze] Cannot squeeze axis " + axis + " with size " + length
                        + " which is not equal to 1.");
            }
        }
        return reshape(a, IntStream.range(0, a.ndim()).filter(i -> !gone.contains(i))
                .mapToLong(a.shape()::dim).toArray(), on);
    }

    /** Without this axis, whose length is 1. */
    public static Array squeeze(Array a, int axis, StreamOrDevice... on) {
        return squeeze(a, new int[] {axis}, on);
    }

    /** Without all axes of length 1. */
    public static Array squeeze(Array a, StreamOrDevice... on) {
        Operands.require("squeeze", "a", a);
        return reshape(a, Arrays.stream(a.shape().toArray()).filter(dim -> dim != 1).toArray(), on);
    }

    /** At least one axis: a scalar becomes (1). */
    public static Array atleast1d(Array a, StreamOrDevice... on) {
        Operands.require("atleast_1d", "a", a);
        return a.ndim() >= 1 ? a : reshape(a, new long[] {1}, on);
    }

    /** At least two axes: (n) becomes (1, n). */
    public static Array atleast2d(Array a, StreamOrDevice... on) {
        Operands.require("atleast_2d", "a", a);
        return a.ndim() >= 2 ? a : reshape(a, new long[] {1, a.size()}, on);
    }

    /** At least three axes: (n) becomes (1, n, 1), and (m, n) becomes (m, n, 1). */
    public static Array atleast3d(Array a, StreamOrDevice... on) {
        Operands.require("atleast_3d", "a", a);
        return a.ndim() >= 3 ? a : expandDims(atleast2d(a, on), 2, on);
    }

    /** The axes in another order: axis {@code i} of the result is axis {@code axes[i]} of {@code a}. */
    public static Array transpose(Array a, int[] axes, StreamOrDevice... on) {
        Operands.require("transpose", "a", a);
        Stream stream = StreamOrDevice.resolve(on);
        if (axes.length != a.ndim()) {
            throw new IllegalArgumentException("[transpose] Received " + axes.length + " axes for array with "
                    + a.ndim() + " dimensions.");
        }
        Integer[] order = new Integer[axes.length];
        boolean[] seen = new boolean[axes.length];
        boolean inOrder = true;
        for (int i = 0; i < axes.length; i++) {
            if (axes[i] < -axes.length || axes[i] >= axes.length) {
                throw new IllegalArgumentException(
                        "[transpose] Invalid axis (" + axes[i] + ") for array with " + a.ndim() + " dimensions.");
            }
            order[i] = axes[i] < 0 ? axes[i] + axes.length : axes[i];
            if (seen[order[i]]) {
                throw new IllegalArgumentException("[transpose] Repeat axes not allowed.");
            }
            seen[order[i]] = true;
            inOrder &= order[i] == i;
        }
        return inOrder ? a : Operands.of(new Transpose(List.of(order)), stream, a.node());
    }

    /** The axes in reverse order. */
    public static Array transpose(Array a, StreamOrDevice... on) {
        Operands.require("transpose", "a", a);
        return transpose(a, IntStream.iterate(a.ndim() - 1, i -> i - 1).limit(a.ndim()).toArray(), on);
    }

    /** Two axes exchanged. */
    public static Array swapaxes(Array a, int axis1, int axis2, StreamOrDevice... on) {
        Operands.require("swapaxes", "a", a);
        int[] order = IntStream.range(0, a.ndim()).toArray();
        int first = Axes.of("swapaxes", axis1, a.ndim());
        int second = Axes.of("swapaxes", axis2, a.ndim());
        order[first] = second;
        order[second] = first;
        return transpose(a, order, on);
    }

    /** One axis moved to another place, the others in their order. */
    public static Array moveaxis(Array a, int source, int destination, StreamOrDevice... on) {
        Operands.require("moveaxis", "a", a);
        int from = Axes.of("moveaxis", source, a.ndim());
        int to = Axes.of("moveaxis", destination, a.ndim());
        if (from == to) {
            return a;
        }
        int[] order = new int[a.ndim()];
        for (int i = 0, axis = 0; i < order.length; i++) {
            axis += axis == from ? 1 : 0;
            order[i] = i == to ? from : axis++;
        }
        return transpose(a, order, on);
    }

    /**
     * {@code a} repeated along new leading axes and axes of length 1.
     *
     * @throws IllegalArgumentException if {@code a} does not broadcast to that shape
     */
    public static Array broadcastTo(Array a, Shape shape, StreamOrDevice... on) {
        return broadcastTo("broadcast_to", a, shape, StreamOrDevice.resolve(on));
    }

    /** As part of another operation. */
    static Array broadcastTo(String op, Array a, Shape shape, Stream stream) {
        if (!Operands.broadcasts(Operands.require(op, "a", a).shape(), Operands.require(op, "shape", shape))) {
            throw new IllegalArgumentException(
                    "[" + op + "] Cannot broadcast array of shape " + a.shape() + " into shape " + shape + ".");
        }
        return new Array(Operands.broadcast(a.node(), shape, stream));
    }

    /** {@link #broadcastTo(Array, Shape, StreamOrDevice...)} by lengths. */
    public static Array broadcastTo(Array a, long[] shape, StreamOrDevice... on) {
        return broadcastTo(a, Shape.shape(shape), on);
    }

    /** All broadcast to the one shape that they share. */
    public static List<Array> broadcastArrays(List<Array> arrays, StreamOrDevice... on) {
        Operands.requireAll("broadcast_arrays", arrays);
        Stream stream = StreamOrDevice.resolve(on);
        Shape shape = Operands.broadcast("broadcast_arrays", arrays.stream().map(Array::shape).toList());
        return arrays.stream().map(a -> new Array(Operands.broadcast(a.node(), shape, stream))).toList();
    }

    /** The same elements row-major without gaps in memory: a copy, unless they lie so already. */
    public static Array contiguous(Array a, StreamOrDevice... on) {
        Operands.require("contiguous", "a", a);
        return Operands.of(new Contiguous(), StreamOrDevice.resolve(on), a.node());
    }
}
