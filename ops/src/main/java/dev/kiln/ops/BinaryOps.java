package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.streams.StreamOrDevice;

/**
 * Elementwise functions of two arguments, which are promoted to one dtype and broadcast to one shape. A bare number takes
 * its dtype from the array beside it, unless it is a fraction and the array is not floating: then both are float32.
 */
abstract class BinaryOps extends UnaryOps {

    BinaryOps() {}

    private static Array same(BinaryOp op, Array a, Array b, StreamOrDevice... on) {
        return Operands.binary(op, a, b, Operands.promote(op.toString(), "a", a, "b", b), StreamOrDevice.resolve(on));
    }

    private static Array inexact(BinaryOp op, Array a, Array b, StreamOrDevice... on) {
        return Operands.binary(op, a, b, Operands.promote(op.toString(), "a", a, "b", b).toInexact(),
                StreamOrDevice.resolve(on));
    }

    private static Array bool(BinaryOp op, Array a, Array b, StreamOrDevice... on) {
        Operands.require(op.toString(), "a", a);
        Operands.require(op.toString(), "b", b);
        return Operands.binary(op, a, b, DType.BOOL, StreamOrDevice.resolve(on));
    }

    private static Array bits(BinaryOp op, Array a, Array b, StreamOrDevice... on) {
        DType dtype = Operands.promote(op.toString(), "a", a, "b", b);
        if (!dtype.isIntegral()) {
            throw new IllegalArgumentException("[" + op + "] Only integers and bools have bits to work on, but got "
                    + a.node().spec() + " and " + b.node().spec() + ".");
        }
        return Operands.binary(op, a, b, dtype, StreamOrDevice.resolve(on));
    }

    /** {@code a + b}. */
    public static Array add(Array a, Array b, StreamOrDevice... on) {
        return same(BinaryOp.ADD, a, b, on);
    }

    /** {@code a + b}. */
    public static Array add(Array a, Number b, StreamOrDevice... on) {
        return add(a, Operands.scalar("add", b, "a", a), on);
    }

    /** {@code a + b}. */
    public static Array add(Number a, Array b, StreamOrDevice... on) {
        return add(Operands.scalar("add", a, "b", b), b, on);
    }

    /** {@code a - b}. */
    public static Array subtract(Array a, Array b, StreamOrDevice... on) {
        return same(BinaryOp.SUBTRACT, a, b, on);
    }

    /** {@code a - b}. */
    public static Array subtract(Array a, Number b, StreamOrDevice... on) {
        return subtract(a, Operands.scalar("subtract", b, "a", a), on);
    }

    /** {@code a - b}. */
    public static Array subtract(Number a, Array b, StreamOrDevice... on) {
        return subtract(Operands.scalar("subtract", a, "b", b), b, on);
    }

    /** {@code a * b}. */
    public static Array multiply(Array a, Array b, StreamOrDevice... on) {
        return same(BinaryOp.MULTIPLY, a, b, on);
    }

    /** {@code a * b}. */
    public static Array multiply(Array a, Number b, StreamOrDevice... on) {
        return multiply(a, Operands.scalar("multiply", b, "a", a), on);
    }

    /** {@code a * b}. */
    public static Array multiply(Number a, Array b, StreamOrDevice... on) {
        return multiply(Operands.scalar("multiply", a, "b", b), b, on);
    }

    /** {@code a / b}; float32 for two integers. */
    public static Array divide(Array a, Array b, StreamOrDevice... on) {
        return inexact(BinaryOp.DIVIDE, a, b, on);
    }

    /** {@code a / b}; float32 for two integers. */
    public static Array divide(Array a, Number b, StreamOrDevice... on) {
        return divide(a, Operands.scalar("divide", b, "a", a), on);
    }

    /** {@code a / b}; float32 for two integers. */
    public static Array divide(Number a, Array b, StreamOrDevice... on) {
        return divide(Operands.scalar("divide", a, "b", b), b, on);
    }

    /** {@code a / b} as a whole number: of floats rounded down, of integers toward zero. */
    public static Array floorDivide(Array a, Array b, StreamOrDevice... on) {
        return same(BinaryOp.FLOOR_DIVIDE, a, b, on);
    }

    /** {@code a / b} as a whole number: of floats rounded down, of integers toward zero. */
    public static Array floorDivide(Array a, Number b, StreamOrDevice... on) {
        return floorDivide(a, Operands.scalar("floor_divide", b, "a", a), on);
    }

    /** {@code a / b} as a whole number: of floats rounded down, of integers toward zero. */
    public static Array floorDivide(Number a, Array b, StreamOrDevice... on) {
        return floorDivide(Operands.scalar("floor_divide", a, "b", b), b, on);
    }

    /** What {@code a / b} leaves, with the sign of {@code b}. */
    public static Array remainder(Array a, Array b, StreamOrDevice... on) {
        return same(BinaryOp.REMAINDER, a, b, on);
    }

    /** What {@code a / b} leaves, with the sign of {@code b}. */
    public static Array remainder(Array a, Number b, StreamOrDevice... on) {
        return remainder(a, Operands.scalar("remainder", b, "a", a), on);
    }

    /** What {@code a / b} leaves, with the sign of {@code b}. */
    public static Array remainder(Number a, Array b, StreamOrDevice... on) {
        return remainder(Operands.scalar("remainder", a, "b", b), b, on);
    }

    /** {@code a} to the power of {@code b}. */
    public static Array power(Array a, Array b, StreamOrDevice... on) {
        return same(BinaryOp.POWER, a, b, on);
    }

    /** {@code a} to the power of {@code b}. */
    public static Array power(Array a, Number b, StreamOrDevice... on) {
        return b != null && b.doubleValue() == 2 && !Operands.require("power", "a", a).dtype().isIntegral()
                ? square(a, on)
                : power(a, Operands.scalar("power", b, "a", a), on);
    }

    /** {@code a} to the power of {@code b}. */
    public static Array power(Number a, Array b, StreamOrDevice... on) {
        return power(Operands.scalar("power", a, "b", b), b, on);
    }

    /** The larger one; NaN if one is. */
    public static Array maximum(Array a, Array b, StreamOrDevice... on) {
        return same(BinaryOp.MAXIMUM, a, b, on);
    }

    /** The larger one; NaN if one is. */
    public static Array maximum(Array a, Number b, StreamOrDevice... on) {
        return maximum(a, Operands.scalar("maximum", b, "a", a), on);
    }

    /** The larger one; NaN if one is. */
    public static Array maximum(Number a, Array b, StreamOrDevice... on) {
        return maximum(Operands.scalar("maximum", a, "b", b), b, on);
    }

    /** The smaller one; NaN if one is. */
    public static Array minimum(Array a, Array b, StreamOrDevice... on) {
        return same(BinaryOp.MINIMUM, a, b, on);
    }

    /** The smaller one; NaN if one is. */
    public static Array minimum(Array a, Number b, StreamOrDevice... on) {
        return minimum(a, Operands.scalar("minimum", b, "a", a), on);
    }

    /** The smaller one; NaN if one is. */
    public static Array minimum(Number a, Array b, StreamOrDevice... on) {
        return minimum(Operands.scalar("minimum", a, "b", b), b, on);
    }

    /** {@code log(exp(a) + exp(b))} without overflow. */
    public static Array logaddexp(Array a, Array b, StreamOrDevice... on) {
        return inexact(BinaryOp.LOGADDEXP, a, b, on);
    }

    /** {@code log(exp(a) + exp(b))} without overflow. */
    public static Array logaddexp(Array a, Number b, StreamOrDevice... on) {
        return logaddexp(a, Operands.scalar("logaddexp", b, "a", a), on);
    }

    /** {@code log(exp(a) + exp(b))} without overflow. */
    public static Array logaddexp(Number a, Array b, StreamOrDevice... on) {
        return logaddexp(Operands.scalar("logaddexp", a, "b", b), b, on);
    }

    /** The angle of the point (b, a) in radians. */
    public static Array arctan2(Array a, Array b, StreamOrDevice... on) {
        return inexact(BinaryOp.ARCTAN2, a, b, on);
    }

    /** The angle of the point (b, a) in radians. */
    public static Array arctan2(Array a, Number b, StreamOrDevice... on) {
        return arctan2(a, Operands.scalar("arctan2", b, "a", a), on);
    }

    /** The angle of the point (b, a) in radians. */
    public static Array arctan2(Number a, Array b, StreamOrDevice... on) {
        return arctan2(Operands.scalar("arctan2", a, "b", b), b, on);
    }

    /** {@code a == b}. */
    public static Array equal(Array a, Array b, StreamOrDevice... on) {
        return same(BinaryOp.EQUAL, a, b, on);
    }

    /** {@code a == b}. */
    public static Array equal(Array a, Number b, StreamOrDevice... on) {
        return equal(a, Operands.scalar("equal", b, "a", a), on);
    }

    /** {@code a == b}. */
    public static Array equal(Number a, Array b, StreamOrDevice... on) {
        return equal(Operands.scalar("equal", a, "b", b), b, on);
    }

    /** {@code a != b}. */
    public static Array notEqual(Array a, Array b, StreamOrDevice... on) {
        return same(BinaryOp.NOT_EQUAL, a, b, on);
    }

    /** {@code a != b}. */
    public static Array notEqual(Array a, Number b, StreamOrDevice... on) {
        return notEqual(a, Operands.scalar("not_equal", b, "a", a), on);
    }

    /** {@code a != b}. */
    public static Array notEqual(Number a, Array b, StreamOrDevice... on) {
        return notEqual(Operands.scalar("not_equal", a, "b", b), b, on);
    }

    /** {@code a < b}. */
    public static Array less(Array a, Array b, StreamOrDevice... on) {
        return same(BinaryOp.LESS, a, b, on);
    }

    /** {@code a < b}. */
    public static Array less(Array a, Number b, StreamOrDevice... on) {
        return less(a, Operands.scalar("less", b, "a", a), on);
    }

    /** {@code a < b}. */
    public static Array less(Number a, Array b, StreamOrDevice... on) {
        return less(Operands.scalar("less", a, "b", b), b, on);
    }

    /** {@code a <= b}. */
    public static Array lessEqual(Array a, Array b, StreamOrDevice... on) {
        return same(BinaryOp.LESS_EQUAL, a, b, on);
    }

    /** {@code a <= b}. */
    public static Array lessEqual(Array a, Number b, StreamOrDevice... on) {
        return lessEqual(a, Operands.scalar("less_equal", b, "a", a), on);
    }

    /** {@code a <= b}. */
    public static Array lessEqual(Number a, Array b, StreamOrDevice... on) {
        return lessEqual(Operands.scalar("less_equal", a, "b", b), b, on);
    }

    /** {@code a > b}. */
    public static Array greater(Array a, Array b, StreamOrDevice... on) {
        return same(BinaryOp.GREATER, a, b, on);
    }

    /** {@code a > b}. */
    public static Array greater(Array a, Number b, StreamOrDevice... on) {
        return greater(a, Operands.scalar("greater", b, "a", a), on);
    }

    /** {@code a > b}. */
    public static Array greater(Number a, Array b, StreamOrDevice... on) {
        return greater(Operands.scalar("greater", a, "b", b), b, on);
    }

    /** {@code a >= b}. */
    public static Array greaterEqual(Array a, Array b, StreamOrDevice... on) {
        return same(BinaryOp.GREATER_EQUAL, a, b, on);
    }

    /** {@code a >= b}. */
    public static Array greaterEqual(Array a, Number b, StreamOrDevice... on) {
        return greaterEqual(a, Operands.scalar("greater_equal", b, "a", a), on);
    }

    /** {@code a >= b}. */
    public static Array greaterEqual(Number a, Array b, StreamOrDevice... on) {
        return greaterEqual(Operands.scalar("greater_equal", a, "b", b), b, on);
    }

    /** Whether both are not zero. */
    public static Array logicalAnd(Array a, Array b, StreamOrDevice... on) {
        return bool(BinaryOp.LOGICAL_AND, a, b, on);
    }

    /** Whether both are not zero. */
    public static Array logicalAnd(Array a, Number b, StreamOrDevice... on) {
        return logicalAnd(a, Operands.scalar("logical_and", b, "a", a), on);
    }

    /** Whether both are not zero. */
    public static Array logicalAnd(Number a, Array b, StreamOrDevice... on) {
        return logicalAnd(Operands.scalar("logical_and", a, "b", b), b, on);
    }

    /** Whether one is not zero. */
    public static Array logicalOr(Array a, Array b, StreamOrDevice... on) {
        return bool(BinaryOp.LOGICAL_OR, a, b, on);
    }

    /** Whether one is not zero. */
    public static Array logicalOr(Array a, Number b, StreamOrDevice... on) {
        return logicalOr(a, Operands.scalar("logical_or", b, "a", a), on);
    }

    /** Whether one is not zero. */
    public static Array logicalOr(Number a, Array b, StreamOrDevice... on) {
        return logicalOr(Operands.scalar("logical_or", a, "b", b), b, on);
    }

    /** The bits that both have. */
    public static Array bitwiseAnd(Array a, Array b, StreamOrDevice... on) {
        return bits(BinaryOp.BITWISE_AND, a, b, on);
    }

    /** The bits that both have. */
    public static Array bitwiseAnd(Array a, Number b, StreamOrDevice... on) {
        return bitwiseAnd(a, Operands.scalar("bitwise_and", b, "a", a), on);
    }

    /** The bits that both have. */
    public static Array bitwiseAnd(Number a, Array b, StreamOrDevice... on) {
        return bitwiseAnd(Operands.scalar("bitwise_and", a, "b", b), b, on);
    }

    /** The bits that one has. */
    public static Array bitwiseOr(Array a, Array b, StreamOrDevice... on) {
        return bits(BinaryOp.BITWISE_OR, a, b, on);
    }

    /** The bits that one has. */
    public static Array bitwiseOr(Array a, Number b, StreamOrDevice... on) {
        return bitwiseOr(a, Operands.scalar("bitwise_or", b, "a", a), on);
    }

    /** The bits that one has. */
    public static Array bitwiseOr(Number a, Array b, StreamOrDevice... on) {
        return bitwiseOr(Operands.scalar("bitwise_or", a, "b", b), b, on);
    }

    /** The bits that just one has. */
    public static Array bitwiseXor(Array a, Array b, StreamOrDevice... on) {
        return bits(BinaryOp.BITWISE_XOR, a, b, on);
    }

    /** The bits that just one has. */
    public static Array bitwiseXor(Array a, Number b, StreamOrDevice... on) {
        return bitwiseXor(a, Operands.scalar("bitwise_xor", b, "a", a), on);
    }

    /** The bits that just one has. */
    public static Array bitwiseXor(Number a, Array b, StreamOrDevice... on) {
        return bitwiseXor(Operands.scalar("bitwise_xor", a, "b", b), b, on);
    }

    /** {@code a} with its bits moved up by {@code b}. */
    public static Array leftShift(Array a, Array b, StreamOrDevice... on) {
        return bits(BinaryOp.LEFT_SHIFT, a, b, on);
    }

    /** {@code a} with its bits moved up by {@code b}. */
    public static Array leftShift(Array a, Number b, StreamOrDevice... on) {
        return leftShift(a, Operands.scalar("left_shift", b, "a", a), on);
    }

    /** {@code a} with its bits moved up by {@code b}. */
    public static Array leftShift(Number a, Array b, StreamOrDevice... on) {
        return leftShift(Operands.scalar("left_shift", a, "b", b), b, on);
    }

    /** {@code a} with its bits moved down by {@code b}. */
    public static Array rightShift(Array a, Array b, StreamOrDevice... on) {
        return bits(BinaryOp.RIGHT_SHIFT, a, b, on);
    }

    /** {@code a} with its bits moved down by {@code b}. */
    public static Array rightShift(Array a, Number b, StreamOrDevice... on) {
        return rightShift(a, Operands.scalar("right_shift", b, "a", a), on);
    }

    /** {@code a} with its bits moved down by {@code b}. */
    public static Array rightShift(Number a, Array b, StreamOrDevice... on) {
        return rightShift(Operands.scalar("right_shift", a, "b", b), b, on);
    }
}
