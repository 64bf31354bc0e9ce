package dev.kiln.ops;

import dev.kiln.streams.StreamOrDevice;

/** The elementwise functions of two arguments as methods of the first; {@link Ops} describes them. */
sealed interface BinaryMethods permits Array {

    private Array self() {
        return (Array) this;
    }

    /** See {@link Ops#add(Array, Array, StreamOrDevice...)}. */
    default Array add(Array b, StreamOrDevice... on) {
        return Ops.add(self(), b, on);
    }

    /** See {@link Ops#add(Array, Number, StreamOrDevice...)}. */
    default Array add(Number b, StreamOrDevice... on) {
        return Ops.add(self(), b, on);
    }

    /** See {@link Ops#subtract(Array, Array, StreamOrDevice...)}. */
    default Array subtract(Array b, StreamOrDevice... on) {
        return Ops.subtract(self(), b, on);
    }

    /** See {@link Ops#subtract(Array, Number, StreamOrDevice...)}. */
    default Array subtract(Number b, StreamOrDevice... on) {
        return Ops.subtract(self(), b, on);
    }

    /** See {@link Ops#multiply(Array, Array, StreamOrDevice...)}. */
    default Array multiply(Array b, StreamOrDevice... on) {
        return Ops.multiply(self(), b, on);
    }

    /** See {@link Ops#multiply(Array, Number, StreamOrDevice...)}. */
    default Array multiply(Number b, StreamOrDevice... on) {
        return Ops.multiply(self(), b, on);
    }

    /** See {@link Ops#divide(Array, Array, StreamOrDevice...)}. */
    default Array divide(Array b, StreamOrDevice... on) {
        return Ops.divide(self(), b, on);
    }

    /** See {@link Ops#divide(Array, Number, StreamOrDevice...)}. */
    default Array divide(Number b, StreamOrDevice... on) {
        return Ops.divide(self(), b, on);
    }

    /** See {@link Ops#floorDivide(Array, Array, StreamOrDevice...)}. */
    default Array floorDivide(Array b, StreamOrDevice... on) {
        return Ops.floorDivide(self(), b, on);
    }

    /** See {@link Ops#floorDivide(Array, Number, StreamOrDevice...)}. */
    default Array floorDivide(Number b, StreamOrDevice... on) {
        return Ops.floorDivide(self(), b, on);
    }

    /** See {@link Ops#remainder(Array, Array, StreamOrDevice...)}. */
    default Array remainder(Array b, StreamOrDevice... on) {
        return Ops.remainder(self(), b, on);
    }

    /** See {@link Ops#remainder(Array, Number, StreamOrDevice...)}. */
    default Array remainder(Number b, StreamOrDevice... on) {
        return Ops.remainder(self(), b, on);
    }

    /** See {@link Ops#power(Array, Array, StreamOrDevice...)}. */
    default Array power(Array b, StreamOrDevice... on) {
        return Ops.power(self(), b, on);
    }

    /** See {@link Ops#power(Array, Number, StreamOrDevice...)}. */
    default Array power(Number b, StreamOrDevice... on) {
        return Ops.power(self(), b, on);
    }

    /** See {@link Ops#maximum(Array, Array, StreamOrDevice...)}. */
    default Array maximum(Array b, StreamOrDevice... on) {
        return Ops.maximum(self(), b, on);
    }

    /** See {@link Ops#maximum(Array, Number, StreamOrDevice...)}. */
    default Array maximum(Number b, StreamOrDevice... on) {
        return Ops.maximum(self(), b, on);
    }

    /** See {@link Ops#minimum(Array, Array, StreamOrDevice...)}. */
    default Array minimum(Array b, StreamOrDevice... on) {
        return Ops.minimum(self(), b, on);
    }

    /** See {@link Ops#minimum(Array, Number, StreamOrDevice...)}. */
    default Array minimum(Number b, StreamOrDevice... on) {
        return Ops.minimum(self(), b, on);
    }

    /** See {@link Ops#logaddexp(Array, Array, StreamOrDevice...)}. */
    default Array logaddexp(Array b, StreamOrDevice... on) {
        return Ops.logaddexp(self(), b, on);
    }

    /** See {@link Ops#logaddexp(Array, Number, StreamOrDevice...)}. */
    default Array logaddexp(Number b, StreamOrDevice... on) {
        return Ops.logaddexp(self(), b, on);
    }

    /** See {@link Ops#arctan2(Array, Array, StreamOrDevice...)}. */
    default Array arctan2(Array b, StreamOrDevice... on) {
        return Ops.arctan2(self(), b, on);
    }

    /** See {@link Ops#arctan2(Array, Number, StreamOrDevice...)}. */
    default Array arctan2(Number b, StreamOrDevice... on) {
        return Ops.arctan2(self(), b, on);
    }

    /** See {@link Ops#equal(Array, Array, StreamOrDevice...)}. */
    default Array equal(Array b, StreamOrDevice... on) {
        return Ops.equal(self(), b, on);
    }

    /** See {@link Ops#equal(Array, Number, StreamOrDevice...)}. */
    default Array equal(Number b, StreamOrDevice... on) {
        return Ops.equal(self(), b, on);
    }

    /** See {@link Ops#notEqual(Array, Array, StreamOrDevice...)}. */
    default Array notEqual(Array b, StreamOrDevice... on) {
        return Ops.notEqual(self(), b, on);
    }

    /** See {@link Ops#notEqual(Array, Number, StreamOrDevice...)}. */
    default Array notEqual(Number b, StreamOrDevice... on) {
        return Ops.notEqual(self(), b, on);
    }

    /** See {@link Ops#less(Array, Array, StreamOrDevice...)}. */
    default Array less(Array b, StreamOrDevice... on) {
        return Ops.less(self(), b, on);
    }

    /** See {@link Ops#less(Array, Number, StreamOrDevice...)}. */
    default Array less(Number b, StreamOrDevice... on) {
        return Ops.less(self(), b, on);
    }

    /** See {@link Ops#lessEqual(Array, Array, StreamOrDevice...)}. */
    default Array lessEqual(Array b, StreamOrDevice... on) {
        return Ops.lessEqual(self(), b, on);
    }

    /** See {@link Ops#lessEqual(Array, Number, StreamOrDevice...)}. */
    default Array lessEqual(Number b, StreamOrDevice... on) {
        return Ops.lessEqual(self(), b, on);
    }

    /** See {@link Ops#greater(Array, Array, StreamOrDevice...)}. */
    default Array greater(Array b, StreamOrDevice... on) {
        return Ops.greater(self(), b, on);
    }

    /** See {@link Ops#greater(Array, Number, StreamOrDevice...)}. */
    default Array greater(Number b, StreamOrDevice... on) {
        return Ops.greater(self(), b, on);
    }

    /** See {@link Ops#greaterEqual(Array, Array, StreamOrDevice...)}. */
    default Array greaterEqual(Array b, StreamOrDevice... on) {
        return Ops.greaterEqual(self(), b, on);
    }

    /** See {@link Ops#greaterEqual(Array, Number, StreamOrDevice...)}. */
    default Array greaterEqual(Number b, StreamOrDevice... on) {
        return Ops.greaterEqual(self(), b, on);
    }

    /** See {@link Ops#logicalAnd(Array, Array, StreamOrDevice...)}. */
    default Array logicalAnd(Array b, StreamOrDevice... on) {
        return Ops.logicalAnd(self(), b, on);
    }

    /** See {@link Ops#logicalAnd(Array, Number, StreamOrDevice...)}. */
    default Array logicalAnd(Number b, StreamOrDevice... on) {
        return Ops.logicalAnd(self(), b, on);
    }

    /** See {@link Ops#logicalOr(Array, Array, StreamOrDevice...)}. */
    default Array logicalOr(Array b, StreamOrDevice... on) {
        return Ops.logicalOr(self(), b, on);
    }

    /** See {@link Ops#logicalOr(Array, Number, StreamOrDevice...)}. */
    default Array logicalOr(Number b, StreamOrDevice... on) {
        return Ops.logicalOr(self(), b, on);
    }

    /** See {@link Ops#bitwiseAnd(Array, Array, StreamOrDevice...)}. */
    default Array bitwiseAnd(Array b, StreamOrDevice... on) {
        return Ops.bitwiseAnd(self(), b, on);
    }

    /** See {@link Ops#bitwiseAnd(Array, Number, StreamOrDevice...)}. */
    default Array bitwiseAnd(Number b, StreamOrDevice... on) {
        return Ops.bitwiseAnd(self(), b, on);
    }

    /** See {@link Ops#bitwiseOr(Array, Array, StreamOrDevice...)}. */
    default Array bitwiseOr(Array b, StreamOrDevice... on) {
        return Ops.bitwiseOr(self(), b, on);
    }

    /** See {@link Ops#bitwiseOr(Array, Number, StreamOrDevice...)}. */
    default Array bitwiseOr(Number b, StreamOrDevice... on) {
        return Ops.bitwiseOr(self(), b, on);
    }

    /** See {@link Ops#bitwiseXor(Array, Array, StreamOrDevice...)}. */
    default Array bitwiseXor(Array b, StreamOrDevice... on) {
        return Ops.bitwiseXor(self(), b, on);
    }

    /** See {@link Ops#bitwiseXor(Array, Number, StreamOrDevice...)}. */
    default Array bitwiseXor(Number b, StreamOrDevice... on) {
        return Ops.bitwiseXor(self(), b, on);
    }

    /** See {@link Ops#leftShift(Array, Array, StreamOrDevice...)}. */
    default Array leftShift(Array b, StreamOrDevice... on) {
        return Ops.leftShift(self(), b, on);
    }

    /** See {@link Ops#leftShift(Array, Number, StreamOrDevice...)}. */
    default Array leftShift(Number b, StreamOrDevice... on) {
        return Ops.leftShift(self(), b, on);
    }

    /** See {@link Ops#rightShift(Array, Array, StreamOrDevice...)}. */
    default Array rightShift(Array b, StreamOrDevice... on) {
        return Ops.rightShift(self(), b, on);
    }

    /** See {@link Ops#rightShift(Array, Number, StreamOrDevice...)}. */
    default Array rightShift(Number b, StreamOrDevice... on) {
        return Ops.rightShift(self(), b, on);
    }
}
