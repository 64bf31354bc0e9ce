package dev.kiln.ops;

import dev.kiln.graph.Shape;
import dev.kiln.streams.StreamOrDevice;
import java.util.List;
import java.util.stream.IntStream;

/** Shapes, joins and splits as methods of an array; {@link Ops} describes them. */
sealed interface ShapeMethods permits Array {

    private Array self() {
        return (Array) this;
    }

    /** See {@link Ops#reshape(Array, long...)}. */
    default Array reshape(long... shape) {
        return Ops.reshape(self(), shape);
    }

    /** See {@link Ops#reshape(Array, long[], StreamOrDevice...)}. */
    default Array reshape(long[] shape, StreamOrDevice... on) {
        return Ops.reshape(self(), shape, on);
    }

    /** See {@link Ops#reshape(Array, Shape, StreamOrDevice...)}. */
    default Array reshape(Shape shape, StreamOrDevice... on) {
        return Ops.reshape(self(), shape, on);
    }

    /** See {@link Ops#flatten(Array, StreamOrDevice...)}. */
    default Array flatten(StreamOrDevice... on) {
        return Ops.flatten(self(), on);
    }

    /** See {@link Ops#flatten(Array, int, int, StreamOrDevice...)}. */
    default Array flatten(int startAxis, int endAxis, StreamOrDevice... on) {
        return Ops.flatten(self(), startAxis, endAxis, on);
    }

    /** See {@link Ops#unflatten(Array, int, long[], StreamOrDevice...)}. */
    default Array unflatten(int axis, long[] shape, StreamOrDevice... on) {
        return Ops.unflatten(self(), axis, shape, on);
    }

    /** See {@link Ops#expandDims(Array, int, StreamOrDevice...)}. */
    default Array expandDims(int axis, StreamOrDevice... on) {
        return Ops.expandDims(self(), axis, on);
    }

    /** See {@link Ops#expandDims(Array, int[], StreamOrDevice...)}. */
    default Array expandDims(int[] axes, StreamOrDevice... on) {
        return Ops.expandDims(self(), axes, on);
    }

    /** See {@link Ops#squeeze(Array, StreamOrDevice...)}. */
    default Array squeeze(StreamOrDevice... on) {
        return Ops.squeeze(self(), on);
    }

    /** See {@link Ops#squeeze(Array, int, StreamOrDevice...)}. */
    default Array squeeze(int axis, StreamOrDevice... on) {
        return Ops.squeeze(self(), axis, on);
    }

    /** See {@link Ops#squeeze(Array, int[], StreamOrDevice...)}. */
    default Array squeeze(int[] axes, StreamOrDevice... on) {
        return Ops.squeeze(self(), axes, on);
    }

    /** See {@link Ops#transpose(Array, StreamOrDevice...)}. */
    default Array transpose(StreamOrDevice... on) {
        return Ops.transpose(self(), on);
    }

    /** See {@link Ops#transpose(Array, int[], StreamOrDevice...)}. */
    default Array transpose(int[] axes, StreamOrDevice... on) {
        return Ops.transpose(self(), axes, on);
    }

    /** See {@link Ops#transpose(Array, int[], StreamOrDevice...)}: {@code x.transpose(0, 2, 1)}. */
    default Array transpose(int first, int... others) {
        return Ops.transpose(self(), IntStream.concat(IntStream.of(first), IntStream.of(others)).toArray());
    }

    /** See {@link Ops#swapaxes(Array, int, int, StreamOrDevice...)}. */
    default Array swapaxes(int axis1, int axis2, StreamOrDevice... on) {
        return Ops.swapaxes(self(), axis1, axis2, on);
    }

    /** See {@link Ops#moveaxis(Array, int, int, StreamOrDevice...)}. */
    default Array moveaxis(int source, int destination, StreamOrDevice... on) {
        return Ops.moveaxis(self(), source, destination, on);
    }

    /** See {@link Ops#broadcastTo(Array, Shape, StreamOrDevice...)}. */
    default Array broadcastTo(Shape shape, StreamOrDevice... on) {
        return Ops.broadcastTo(self(), shape, on);
    }

    /** See {@link Ops#split(Array, int, int, StreamOrDevice...)}. */
    default List<Array> split(int numSplits, int axis, StreamOrDevice... on) {
        return Ops.split(self(), numSplits, axis, on);
    }

    /** See {@link Ops#split(Array, long[], int, StreamOrDevice...)}. */
    default List<Array> split(long[] indices, int axis, StreamOrDevice... on) {
        return Ops.split(self(), indices, axis, on);
    }

    /** See {@link Ops#repeat(Array, int, int, StreamOrDevice...)}. */
    default Array repeat(int repeats, int axis, StreamOrDevice... on) {
        return Ops.repeat(self(), repeats, axis, on);
    }

    /** See {@link Ops#contiguous(Array, StreamOrDevice...)}. */
    default Array contiguous(StreamOrDevice... on) {
        return Ops.contiguous(self(), on);
    }
}
