package dev.kiln.ops;

import dev.kiln.streams.StreamOrDevice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The functions that choose or compare as methods of an array; {@link Ops} describes them. */
sealed interface SelectionMethods permits Array {

    private Array self() {
        return (Array) this;
    }

    /** See {@link Ops#clip(Array, Array, Array, StreamOrDevice...)}. */
    default Array clip(@Nullable Array min, @Nullable Array max, StreamOrDevice... on) {
        return Ops.clip(self(), min, max, on);
    }

    /** See {@link Ops#clip(Array, Number, Number, StreamOrDevice...)}. */
    default Array clip(@Nullable Number min, @Nullable Number max, StreamOrDevice... on) {
        return Ops.clip(self(), min, max, on);
    }

    /** See {@link Ops#isclose(Array, Array, double, double, boolean, StreamOrDevice...)}. */
    default Array isclose(Array b, double rtol, double atol, boolean equalNan, StreamOrDevice... on) {
        return Ops.isclose(self(), b, rtol, atol, equalNan, on);
    }

    /** See {@link Ops#isclose(Array, Array, double, double, StreamOrDevice...)}. */
    default Array isclose(Array b, double rtol, double atol, StreamOrDevice... on) {
        return Ops.isclose(self(), b, rtol, atol, on);
    }

    /** See {@link Ops#isclose(Array, Array, StreamOrDevice...)}. */
    default Array isclose(Array b, StreamOrDevice... on) {
        return Ops.isclose(self(), b, on);
    }

    /** See {@link Ops#allclose(Array, Array, double, double, boolean, StreamOrDevice...)}. */
    default Array allclose(Array b, double rtol, double atol, boolean equalNan, StreamOrDevice... on) {
        return Ops.allclose(self(), b, rtol, atol, equalNan, on);
    }

    /** See {@link Ops#allclose(Array, Array, double, double, StreamOrDevice...)}. */
    default Array allclose(Array b, double rtol, double atol, StreamOrDevice... on) {
        return Ops.allclose(self(), b, rtol, atol, on);
    }

    /** See {@link Ops#allclose(Array, Array, StreamOrDevice...)}. */
    default Array allclose(Array b, StreamOrDevice... on) {
        return Ops.allclose(self(), b, on);
    }

    /** See {@link Ops#arrayEqual(Array, Array, boolean, StreamOrDevice...)}. */
    default Array arrayEqual(Array b, boolean equalNan, StreamOrDevice... on) {
        return Ops.arrayEqual(self(), b, equalNan, on);
    }

    /** See {@link Ops#arrayEqual(Array, Array, StreamOrDevice...)}. */
    default Array arrayEqual(Array b, StreamOrDevice... on) {
        return Ops.arrayEqual(self(), b, on);
    }

    /** See {@link Ops#divmod(Array, Array, StreamOrDevice...)}. */
    default List<Array> divmod(Array b, StreamOrDevice... on) {
        return Ops.divmod(self(), b, on);
    }

    /** See {@link Ops#divmod(Array, Number, StreamOrDevice...)}. */
    default List<Array> divmod(Number b, StreamOrDevice... on) {
        return Ops.divmod(self(), b, on);
    }

    /** See {@link Ops#nanToNum(Array, Number, Number, Number, StreamOrDevice...)}. */
    default Array nanToNum(Number nan, @Nullable Number posinf, @Nullable Number neginf, StreamOrDevice... on) {
        return Ops.nanToNum(self(), nan, posinf, neginf, on);
    }

    /** See {@link Ops#nanToNum(Array, StreamOrDevice...)}. */
    default Array nanToNum(StreamOrDevice... on) {
        return Ops.nanToNum(self(), on);
    }
}
