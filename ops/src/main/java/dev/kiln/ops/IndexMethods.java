package dev.kiln.ops;

import dev.kiln.streams.StreamOrDevice;

/** Parts of an array as methods of it; {@link Ops} describes them. */
sealed interface IndexMethods permits Array {

    private Array self() {
        return (Array) this;
    }

    /** See {@link Ops#slice(Array, long[], long[], StreamOrDevice...)}. */
    default Array slice(long[] start, long[] stop, StreamOrDevice... on) {
        return Ops.slice(self(), start, stop, on);
    }

    /** See {@link Ops#slice(Array, long[], long[], long[], StreamOrDevice...)}. */
    default Array slice(long[] start, long[] stop, long[] strides, StreamOrDevice... on) {
        return Ops.slice(self(), start, stop, strides, on);
    }

    /** See {@link Ops#take(Array, Array, int, StreamOrDevice...)}. */
    default Array take(Array indices, int axis, StreamOrDevice... on) {
        return Ops.take(self(), indices, axis, on);
    }

    /** See {@link Ops#take(Array, long, int, StreamOrDevice...)}. */
    default Array take(long index, int axis, StreamOrDevice... on) {
        return Ops.take(self(), index, axis, on);
    }

    /** See {@link Ops#get(Array, Index...)}: {@code x.get(slice(1, 5), all(), index(-1))}. */
    default Array get(Index... indices) {
        return Ops.get(self(), indices);
    }

    /** See {@link Ops#get(Array, Index[], StreamOrDevice...)}. */
    default Array get(Index[] indices, StreamOrDevice... on) {
        return Ops.get(self(), indices, on);
    }

    /** See {@link Ops#matmul(Array, Array, StreamOrDevice...)}. */
    default Array matmul(Array b, StreamOrDevice... on) {
        return Ops.matmul(self(), b, on);
    }
}
