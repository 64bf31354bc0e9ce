package dev.kiln.ops;

import dev.kiln.streams.StreamOrDevice;

/** The functions that fold axes as methods of an array; {@link Ops} describes them. */
sealed interface ReductionMethods permits Array {

    private Array self() {
        return (Array) this;
    }

    /** See {@link Ops#sum(Array, int[], boolean, StreamOrDevice...)}. */
    default Array sum(int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Ops.sum(self(), axes, keepdims, on);
    }

    /** See {@link Ops#sum(Array, int, boolean, StreamOrDevice...)}. */
    default Array sum(int axis, boolean keepdims, StreamOrDevice... on) {
        return Ops.sum(self(), axis, keepdims, on);
    }

    /** See {@link Ops#sum(Array, int, StreamOrDevice...)}. */
    default Array sum(int axis, StreamOrDevice... on) {
        return Ops.sum(self(), axis, on);
    }

    /** See {@link Ops#sum(Array, StreamOrDevice...)}. */
    default Array sum(StreamOrDevice... on) {
        return Ops.sum(self(), on);
    }

    /** See {@link Ops#mean(Array, int[], boolean, StreamOrDevice...)}. */
    default Array mean(int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Ops.mean(self(), axes, keepdims, on);
    }

    /** See {@link Ops#mean(Array, int, boolean, StreamOrDevice...)}. */
    default Array mean(int axis, boolean keepdims, StreamOrDevice... on) {
        return Ops.mean(self(), axis, keepdims, on);
    }

    /** See {@link Ops#mean(Array, int, StreamOrDevice...)}. */
    default Array mean(int axis, StreamOrDevice... on) {
        return Ops.mean(self(), axis, on);
    }

    /** See {@link Ops#mean(Array, StreamOrDevice...)}. */
    default Array mean(StreamOrDevice... on) {
        return Ops.mean(self(), on);
    }

    /** See {@link Ops#prod(Array, int[], boolean, StreamOrDevice...)}. */
    default Array prod(int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Ops.prod(self(), axes, keepdims, on);
    }

    /** See {@link Ops#prod(Array, int, boolean, StreamOrDevice...)}. */
    default Array prod(int axis, boolean keepdims, StreamOrDevice... on) {
        return Ops.prod(self(), axis, keepdims, on);
    }

    /** See {@link Ops#prod(Array, int, StreamOrDevice...)}. */
    default Array prod(int axis, StreamOrDevice... on) {
        return Ops.prod(self(), axis, on);
    }

    /** See {@link Ops#prod(Array, StreamOrDevice...)}. */
    default Array prod(StreamOrDevice... on) {
        return Ops.prod(self(), on);
    }

    /** See {@link Ops#max(Array, int[], boolean, StreamOrDevice...)}. */
    default Array max(int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Ops.max(self(), axes, keepdims, on);
    }

    /** See {@link Ops#max(Array, int, boolean, StreamOrDevice...)}. */
    default Array max(int axis, boolean keepdims, StreamOrDevice... on) {
        return Ops.max(self(), axis, keepdims, on);
    }

    /** See {@link Ops#max(Array, int, StreamOrDevice...)}. */
    default Array max(int axis, StreamOrDevice... on) {
        return Ops.max(self(), axis, on);
    }

    /** See {@link Ops#max(Array, StreamOrDevice...)}. */
    default Array max(StreamOrDevice... on) {
        return Ops.max(self(), on);
    }

    /** See {@link Ops#min(Array, int[], boolean, StreamOrDevice...)}. */
    default Array min(int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Ops.min(self(), axes, keepdims, on);
    }

    /** See {@link Ops#min(Array, int, boolean, StreamOrDevice...)}. */
    default Array min(int axis, boolean keepdims, StreamOrDevice... on) {
        return Ops.min(self(), axis, keepdims, on);
    }

    /** See {@link Ops#min(Array, int, StreamOrDevice...)}. */
    default Array min(int axis, StreamOrDevice... on) {
        return Ops.min(self(), axis, on);
    }

    /** See {@link Ops#min(Array, StreamOrDevice...)}. */
    default Array min(StreamOrDevice... on) {
        return Ops.min(self(), on);
    }

    /** See {@link Ops#all(Array, int[], boolean, StreamOrDevice...)}. */
    default Array all(int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Ops.all(self(), axes, keepdims, on);
    }

    /** See {@link Ops#all(Array, int, boolean, StreamOrDevice...)}. */
    default Array all(int axis, boolean keepdims, StreamOrDevice... on) {
        return Ops.all(self(), axis, keepdims, on);
    }

    /** See {@link Ops#all(Array, int, StreamOrDevice...)}. */
    default Array all(int axis, StreamOrDevice... on) {
        return Ops.all(self(), axis, on);
    }

    /** See {@link Ops#all(Array, StreamOrDevice...)}. */
    default Array all(StreamOrDevice... on) {
        return Ops.all(self(), on);
    }

    /** See {@link Ops#any(Array, int[], boolean, StreamOrDevice...)}. */
    default Array any(int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Ops.any(self(), axes, keepdims, on);
    }

    /** See {@link Ops#any(Array, int, boolean, StreamOrDevice...)}. */
    default Array any(int axis, boolean keepdims, StreamOrDevice... on) {
        return Ops.any(self(), axis, keepdims, on);
    }

    /** See {@link Ops#any(Array, int, StreamOrDevice...)}. */
    default Array any(int axis, StreamOrDevice... on) {
        return Ops.any(self(), axis, on);
    }

    /** See {@link Ops#any(Array, StreamOrDevice...)}. */
    default Array any(StreamOrDevice... on) {
        return Ops.any(self(), on);
    }

    /** See {@link Ops#logsumexp(Array, int[], boolean, StreamOrDevice...)}. */
    default Array logsumexp(int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Ops.logsumexp(self(), axes, keepdims, on);
    }

    /** See {@link Ops#logsumexp(Array, int, boolean, StreamOrDevice...)}. */
    default Array logsumexp(int axis, boolean keepdims, StreamOrDevice... on) {
        return Ops.logsumexp(self(), axis, keepdims, on);
    }

    /** See {@link Ops#logsumexp(Array, int, StreamOrDevice...)}. */
    default Array logsumexp(int axis, StreamOrDevice... on) {
        return Ops.logsumexp(self(), axis, on);
    }

    /** See {@link Ops#logsumexp(Array, StreamOrDevice...)}. */
    default Array logsumexp(StreamOrDevice... on) {
        return Ops.logsumexp(self(), on);
    }

    /** See {@link Ops#var(Array, int[], boolean, int, StreamOrDevice...)}. */
    default Array var(int[] axes, boolean keepdims, int ddof, StreamOrDevice... on) {
        return Ops.var(self(), axes, keepdims, ddof, on);
    }

    /** See {@link Ops#var(Array, int[], boolean, StreamOrDevice...)}. */
    default Array var(int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Ops.var(self(), axes, keepdims, on);
    }

    /** See {@link Ops#var(Array, int, boolean, int, StreamOrDevice...)}. */
    default Array var(int axis, boolean keepdims, int ddof, StreamOrDevice... on) {
        return Ops.var(self(), axis, keepdims, ddof, on);
    }

    /** See {@link Ops#var(Array, int, boolean, StreamOrDevice...)}. */
    default Array var(int axis, boolean keepdims, StreamOrDevice... on) {
        return Ops.var(self(), axis, keepdims, on);
    }

    /** See {@link Ops#var(Array, int, StreamOrDevice...)}. */
    default Array var(int axis, StreamOrDevice... on) {
        return Ops.var(self(), axis, on);
    }

    /** See {@link Ops#var(Array, StreamOrDevice...)}. */
    default Array var(StreamOrDevice... on) {
        return Ops.var(self(), on);
    }

    /** See {@link Ops#std(Array, int[], boolean, int, StreamOrDevice...)}. */
    default Array std(int[] axes, boolean keepdims, int ddof, StreamOrDevice... on) {
        return Ops.std(self(), axes, keepdims, ddof, on);
    }

    /** See {@link Ops#std(Array, int[], boolean, StreamOrDevice...)}. */
    default Array std(int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Ops.std(self(), axes, keepdims, on);
    }

    /** See {@link Ops#std(Array, int, boolean, int, StreamOrDevice...)}. */
    default Array std(int axis, boolean keepdims, int ddof, StreamOrDevice... on) {
        return Ops.std(self(), axis, keepdims, ddof, on);
    }

    /** See {@link Ops#std(Array, int, boolean, StreamOrDevice...)}. */
    default Array std(int axis, boolean keepdims, StreamOrDevice... on) {
        return Ops.std(self(), axis, keepdims, on);
    }

    /** See {@link Ops#std(Array, int, StreamOrDevice...)}. */
    default Array std(int axis, StreamOrDevice... on) {
        return Ops.std(self(), axis, on);
    }

    /** See {@link Ops#std(Array, StreamOrDevice...)}. */
    default Array std(StreamOrDevice... on) {
        return Ops.std(self(), on);
    }

    /** See {@link Ops#argmax(Array, int, boolean, StreamOrDevice...)}. */
    default Array argmax(int axis, boolean keepdims, StreamOrDevice... on) {
        return Ops.argmax(self(), axis, keepdims, on);
    }

    /** See {@link Ops#argmax(Array, int, StreamOrDevice...)}. */
    default Array argmax(int axis, StreamOrDevice... on) {
        return Ops.argmax(self(), axis, on);
    }

    /** See {@link Ops#argmax(Array, boolean, StreamOrDevice...)}. */
    default Array argmax(boolean keepdims, StreamOrDevice... on) {
        return Ops.argmax(self(), keepdims, on);
    }

    /** See {@link Ops#argmax(Array, StreamOrDevice...)}. */
    default Array argmax(StreamOrDevice... on) {
        return Ops.argmax(self(), on);
    }

    /** See {@link Ops#argmin(Array, int, boolean, StreamOrDevice...)}. */
    default Array argmin(int axis, boolean keepdims, StreamOrDevice... on) {
        return Ops.argmin(self(), axis, keepdims, on);
    }

    /** See {@link Ops#argmin(Array, int, StreamOrDevice...)}. */
    default Array argmin(int axis, StreamOrDevice... on) {
        return Ops.argmin(self(), axis, on);
    }

    /** See {@link Ops#argmin(Array, boolean, StreamOrDevice...)}. */
    default Array argmin(boolean keepdims, StreamOrDevice... on) {
        return Ops.argmin(self(), keepdims, on);
    }

    /** See {@link Ops#argmin(Array, StreamOrDevice...)}. */
    default Array argmin(StreamOrDevice... on) {
        return Ops.argmin(self(), on);
    }

    /** See {@link Ops#softmax(Array, int[], boolean, StreamOrDevice...)}. */
    default Array softmax(int[] axes, boolean precise, StreamOrDevice... on) {
        return Ops.softmax(self(), axes, precise, on);
    }

    /** See {@link Ops#softmax(Array, int, boolean, StreamOrDevice...)}. */
    default Array softmax(int axis, boolean precise, StreamOrDevice... on) {
        return Ops.softmax(self(), axis, precise, on);
    }

    /** See {@link Ops#softmax(Array, int, StreamOrDevice...)}. */
    default Array softmax(int axis, StreamOrDevice... on) {
        return Ops.softmax(self(), axis, on);
    }

    /** See {@link Ops#softmax(Array, StreamOrDevice...)}. */
    default Array softmax(StreamOrDevice... on) {
        return Ops.softmax(self(), on);
    }
}
