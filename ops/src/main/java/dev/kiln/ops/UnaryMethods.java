package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.streams.StreamOrDevice;

/** The elementwise functions of one argument as methods of an array; the functions of the same names in {@link Ops} describe them. */
sealed interface UnaryMethods permits Array {

    private Array self() {
        return (Array) this;
    }

    /** See {@link Ops#abs(Array, StreamOrDevice...)}. */
    default Array abs(StreamOrDevice... on) {
        return Ops.abs(self(), on);
    }

    /** See {@link Ops#negative(Array, StreamOrDevice...)}. */
    default Array negative(StreamOrDevice... on) {
        return Ops.negative(self(), on);
    }

    /** See {@link Ops#sign(Array, StreamOrDevice...)}. */
    default Array sign(StreamOrDevice... on) {
        return Ops.sign(self(), on);
    }

    /** See {@link Ops#square(Array, StreamOrDevice...)}. */
    default Array square(StreamOrDevice... on) {
        return Ops.square(self(), on);
    }

    /** See {@link Ops#sqrt(Array, StreamOrDevice...)}. */
    default Array sqrt(StreamOrDevice... on) {
        return Ops.sqrt(self(), on);
    }

    /** See {@link Ops#rsqrt(Array, StreamOrDevice...)}. */
    default Array rsqrt(StreamOrDevice... on) {
        return Ops.rsqrt(self(), on);
    }

    /** See {@link Ops#reciprocal(Array, StreamOrDevice...)}. */
    default Array reciprocal(StreamOrDevice... on) {
        return Ops.reciprocal(self(), on);
    }

    /** See {@link Ops#exp(Array, StreamOrDevice...)}. */
    default Array exp(StreamOrDevice... on) {
        return Ops.exp(self(), on);
    }

    /** See {@link Ops#expm1(Array, StreamOrDevice...)}. */
    default Array expm1(StreamOrDevice... on) {
        return Ops.expm1(self(), on);
    }

    /** See {@link Ops#log(Array, StreamOrDevice...)}. */
    default Array log(StreamOrDevice... on) {
        return Ops.log(self(), on);
    }

    /** See {@link Ops#log2(Array, StreamOrDevice...)}. */
    default Array log2(StreamOrDevice... on) {
        return Ops.log2(self(), on);
    }

    /** See {@link Ops#log10(Array, StreamOrDevice...)}. */
    default Array log10(StreamOrDevice... on) {
        return Ops.log10(self(), on);
    }

    /** See {@link Ops#log1p(Array, StreamOrDevice...)}. */
    default Array log1p(StreamOrDevice... on) {
        return Ops.log1p(self(), on);
    }

    /** See {@link Ops#sin(Array, StreamOrDevice...)}. */
    default Array sin(StreamOrDevice... on) {
        return Ops.sin(self(), on);
    }

    /** See {@link Ops#cos(Array, StreamOrDevice...)}. */
    default Array cos(StreamOrDevice... on) {
        return Ops.cos(self(), on);
    }

    /** See {@link Ops#tan(Array, StreamOrDevice...)}. */
    default Array tan(StreamOrDevice... on) {
        return Ops.tan(self(), on);
    }

    /** See {@link Ops#arcsin(Array, StreamOrDevice...)}. */
    default Array arcsin(StreamOrDevice... on) {
        return Ops.arcsin(self(), on);
    }

    /** See {@link Ops#arccos(Array, StreamOrDevice...)}. */
    default Array arccos(StreamOrDevice... on) {
        return Ops.arccos(self(), on);
    }

    /** See {@link Ops#arctan(Array, StreamOrDevice...)}. */
    default Array arctan(StreamOrDevice... on) {
        return Ops.arctan(self(), on);
    }

    /** See {@link Ops#sinh(Array, StreamOrDevice...)}. */
    default Array sinh(StreamOrDevice... on) {
        return Ops.sinh(self(), on);
    }

    /** See {@link Ops#cosh(Array, StreamOrDevice...)}. */
    default Array cosh(StreamOrDevice... on) {
        return Ops.cosh(self(), on);
    }

    /** See {@link Ops#tanh(Array, StreamOrDevice...)}. */
    default Array tanh(StreamOrDevice... on) {
        return Ops.tanh(self(), on);
    }

    /** See {@link Ops#arcsinh(Array, StreamOrDevice...)}. */
    default Array arcsinh(StreamOrDevice... on) {
        return Ops.arcsinh(self(), on);
    }

    /** See {@link Ops#arccosh(Array, StreamOrDevice...)}. */
    default Array arccosh(StreamOrDevice... on) {
        return Ops.arccosh(self(), on);
    }

    /** See {@link Ops#arctanh(Array, StreamOrDevice...)}. */
    default Array arctanh(StreamOrDevice... on) {
        return Ops.arctanh(self(), on);
    }

    /** See {@link Ops#erf(Array, StreamOrDevice...)}. */
    default Array erf(StreamOrDevice... on) {
        return Ops.erf(self(), on);
    }

    /** See {@link Ops#erfinv(Array, StreamOrDevice...)}. */
    default Array erfinv(StreamOrDevice... on) {
        return Ops.erfinv(self(), on);
    }

    /** See {@link Ops#sigmoid(Array, StreamOrDevice...)}. */
    default Array sigmoid(StreamOrDevice... on) {
        return Ops.sigmoid(self(), on);
    }

    /** See {@link Ops#isnan(Array, StreamOrDevice...)}. */
    default Array isnan(StreamOrDevice... on) {
        return Ops.isnan(self(), on);
    }

    /** See {@link Ops#isinf(Array, StreamOrDevice...)}. */
    default Array isinf(StreamOrDevice... on) {
        return Ops.isinf(self(), on);
    }

    /** See {@link Ops#isfinite(Array, StreamOrDevice...)}. */
    default Array isfinite(StreamOrDevice... on) {
        return Ops.isfinite(self(), on);
    }

    /** See {@link Ops#isposinf(Array, StreamOrDevice...)}. */
    default Array isposinf(StreamOrDevice... on) {
        return Ops.isposinf(self(), on);
    }

    /** See {@link Ops#isneginf(Array, StreamOrDevice...)}. */
    default Array isneginf(StreamOrDevice... on) {
        return Ops.isneginf(self(), on);
    }

    /** See {@link Ops#ceil(Array, StreamOrDevice...)}. */
    default Array ceil(StreamOrDevice... on) {
        return Ops.ceil(self(), on);
    }

    /** See {@link Ops#floor(Array, StreamOrDevice...)}. */
    default Array floor(StreamOrDevice... on) {
        return Ops.floor(self(), on);
    }

    /** See {@link Ops#round(Array, StreamOrDevice...)}. */
    default Array round(StreamOrDevice... on) {
        return Ops.round(self(), on);
    }

    /** See {@link Ops#logicalNot(Array, StreamOrDevice...)}. */
    default Array logicalNot(StreamOrDevice... on) {
        return Ops.logicalNot(self(), on);
    }

    /** See {@link Ops#bitwiseInvert(Array, StreamOrDevice...)}. */
    default Array bitwiseInvert(StreamOrDevice... on) {
        return Ops.bitwiseInvert(self(), on);
    }

    /** See {@link Ops#real(Array, StreamOrDevice...)}. */
    default Array real(StreamOrDevice... on) {
        return Ops.real(self(), on);
    }

    /** See {@link Ops#imag(Array, StreamOrDevice...)}. */
    default Array imag(StreamOrDevice... on) {
        return Ops.imag(self(), on);
    }

    /** See {@link Ops#conjugate(Array, StreamOrDevice...)}. */
    default Array conjugate(StreamOrDevice... on) {
        return Ops.conjugate(self(), on);
    }

    /** See {@link Ops#astype(Array, DType, StreamOrDevice...)}. */
    default Array astype(DType dtype, StreamOrDevice... on) {
        return Ops.astype(self(), dtype, on);
    }
}
