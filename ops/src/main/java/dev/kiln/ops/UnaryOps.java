package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.streams.Stream;
import dev.kiln.streams.StreamOrDevice;

/**
 * Elementwise functions of one argument. The trailing argument says where each runs: nothing (the thread's default), or one
 * stream or device. Functions that are not exact on integers give float32 for them.
 */
abstract class UnaryOps {

    UnaryOps() {}

    private static Array exact(UnaryOp op, Array a, StreamOrDevice... on) {
        return Operands.unary(op, Operands.require(op.toString(), "a", a), StreamOrDevice.resolve(on));
    }

    /** A function whose values are not integers: integer arguments become float32. */
    private static Array inexact(UnaryOp op, Array a, StreamOrDevice... on) {
        Operands.require(op.toString(), "a", a);
        Stream stream = StreamOrDevice.resolve(on);
        return Operands.unary(op, new Array(Operands.cast(a.node(), a.dtype().toInexact(), stream)), stream);
    }

    /** A question that complex numbers are asked part by part. */
    private static Array test(UnaryOp op, BinaryOp both, Array a, StreamOrDevice... on) {
        return Operands.require(op.toString(), "a", a).dtype() == DType.COMPLEX64
                ? Operands.binary(both, exact(op, real(a, on), on), exact(op, imag(a, on), on), DType.BOOL,
                        StreamOrDevice.resolve(on))
                : test(op, a, on);
    }

    /** Whether each element is one that only floats can be. */
    private static Array is(UnaryOp op, double which, Array a, StreamOrDevice... on) {
        return Operands.require(op.toString(), "a", a).dtype() == DType.COMPLEX64
                ? Operands.weak(BinaryOp.EQUAL, a, which, on)
                : test(op, a, on);
    }

    /** A question that integers answer with no. */
    private static Array test(UnaryOp op, Array a, StreamOrDevice... on) {
        Operands.require(op.toString(), "a", a);
        return a.dtype().isIntegral() ? exact(op, a.astype(DType.FLOAT32, on), on) : exact(op, a, on);
    }

    /** The absolute value; float32 for complex64. */
    public static Array abs(Array a, StreamOrDevice... on) {
        return exact(UnaryOp.ABS, a, on);
    }

    /** {@code -a}. */
    public static Array negative(Array a, StreamOrDevice... on) {
        return exact(UnaryOp.NEGATIVE, a, on);
    }

    /** -1, 0 or 1, and 0 for NaN. */
    public static Array sign(Array a, StreamOrDevice... on) {
        return exact(UnaryOp.SIGN, a, on);
    }

    /** {@code a * a}. */
    public static Array square(Array a, StreamOrDevice... on) {
        return exact(UnaryOp.SQUARE, a, on);
    }

    /** The square root. */
    public static Array sqrt(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.SQRT, a, on);
    }

    /** {@code 1 / sqrt(a)}. */
    public static Array rsqrt(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.RSQRT, a, on);
    }

    /** {@code 1 / a}. */
    public static Array reciprocal(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.RECIPROCAL, a, on);
    }

    /** E to the power of a. */
    public static Array exp(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.EXP, a, on);
    }

    /** {@code exp(a) - 1}, accurate near 0. */
    public static Array expm1(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.EXPM1, a, on);
    }

    /** The natural logarithm. */
    public static Array log(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.LOG, a, on);
    }

    /** The logarithm to base 2. */
    public static Array log2(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.LOG2, a, on);
    }

    /** The logarithm to base 10. */
    public static Array log10(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.LOG10, a, on);
    }

    /** {@code log(1 + a)}, accurate near 0. */
    public static Array log1p(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.LOG1P, a, on);
    }

    /** The sine; radians. */
    public static Array sin(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.SIN, a, on);
    }

    /** The cosine; radians. */
    public static Array cos(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.COS, a, on);
    }

    /** The tangent; radians. */
    public static Array tan(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.TAN, a, on);
    }

    /** The inverse sine in radians. */
    public static Array arcsin(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.ARCSIN, a, on);
    }

    /** The inverse cosine in radians. */
    public static Array arccos(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.ARCCOS, a, on);
    }

    /** The inverse tangent in radians. */
    public static Array arctan(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.ARCTAN, a, on);
    }

    /** The hyperbolic sine. */
    public static Array sinh(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.SINH, a, on);
    }

    /** The hyperbolic cosine. */
    public static Array cosh(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.COSH, a, on);
    }

    /** The hyperbolic tangent. */
    public static Array tanh(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.TANH, a, on);
    }

    /** The inverse hyperbolic sine. */
    public static Array arcsinh(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.ARCSINH, a, on);
    }

    /** The inverse hyperbolic cosine. */
    public static Array arccosh(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.ARCCOSH, a, on);
    }

    /** The inverse hyperbolic tangent. */
    public static Array arctanh(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.ARCTANH, a, on);
    }

    /** The error function. */
    public static Array erf(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.ERF, a, on);
    }

    /** The inverse of the error function. */
    public static Array erfinv(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.ERFINV, a, on);
    }

    /** {@code 1 / (1 + exp(-a))}. */
    public static Array sigmoid(Array a, StreamOrDevice... on) {
        return inexact(UnaryOp.SIGMOID, a, on);
    }

    /** Whether each element is NaN, or has a part that is. */
    public static Array isnan(Array a, StreamOrDevice... on) {
        return test(UnaryOp.ISNAN, BinaryOp.LOGICAL_OR, a, on);
    }

    /** Whether each element is infinite, or has a part that is. */
    public static Array isinf(Array a, StreamOrDevice... on) {
        return test(UnaryOp.ISINF, BinaryOp.LOGICAL_OR, a, on);
    }

    /** Whether each element is neither infinite nor NaN. */
    public static Array isfinite(Array a, StreamOrDevice... on) {
        return test(UnaryOp.ISFINITE, BinaryOp.LOGICAL_AND, a, on);
    }

    /** Whether each element is positive infinity. */
    public static Array isposinf(Array a, StreamOrDevice... on) {
        return is(UnaryOp.ISPOSINF, Double.POSITIVE_INFINITY, a, on);
    }

    /** Whether each element is negative infinity. */
    public static Array isneginf(Array a, StreamOrDevice... on) {
        return is(UnaryOp.ISNEGINF, Double.NEGATIVE_INFINITY, a, on);
    }

    /** Rounds up to a whole number; integers stay as they are. */
    public static Array ceil(Array a, StreamOrDevice... on) {
        Operands.require("ceil", "a", a);
        return a.dtype().isIntegral() ? a : exact(UnaryOp.CEIL, a, on);
    }

    /** Rounds down to a whole number; integers stay as they are. */
    public static Array floor(Array a, StreamOrDevice... on) {
        Operands.require("floor", "a", a);
        return a.dtype().isIntegral() ? a : exact(UnaryOp.FLOOR, a, on);
    }

    /** Rounds to a whole number, halves to the even one; integers stay as they are. */
    public static Array round(Array a, StreamOrDevice... on) {
        Operands.require("round", "a", a);
        return a.dtype().isIntegral() ? a : exact(UnaryOp.ROUND, a, on);
    }

    /** Rounds to {@code decimals} digits behind the point, as MLX: by scaling, rounding to even and scaling back. */
    public static Array round(Array a, int decimals, StreamOrDevice... on) {
        if (decimals == 0) {
            return round(a, on);
        }
        double scale = Math.pow(10, decimals);
        Array scaled = Operands.weak(BinaryOp.MULTIPLY, a, scale, on);
        return Operands.weak(BinaryOp.MULTIPLY, round(scaled, on), 1 / scale, on).astype(a.dtype(), on);
    }

    /** Whether each element is zero. */
    public static Array logicalNot(Array a, StreamOrDevice... on) {
        Operands.require("logical_not", "a", a);
        return exact(UnaryOp.LOGICAL_NOT, a.astype(DType.BOOL, on), on);
    }

    /**
     * Every bit turned over.
     *
     * @throws IllegalArgumentException if {@code a} is neither integer nor bool
     */
    public static Array bitwiseInvert(Array a, StreamOrDevice... on) {
        Operands.require("bitwise_invert", "a", a);
        if (!a.dtype().isIntegral()) {
            throw new IllegalArgumentException("[bitwise_invert] Bits of " + a.dtype() + a.shape()
                    + " cannot be inverted: only integers' and bools' can.");
        }
        return exact(a.dtype() == DType.BOOL ? UnaryOp.LOGICAL_NOT : UnaryOp.BITWISE_INVERT, a, on);
    }

    /** The real part: float32 of complex64, others as they are. */
    public static Array real(Array a, StreamOrDevice... on) {
        Operands.require("real", "a", a);
        return a.dtype() == DType.COMPLEX64 ? exact(UnaryOp.REAL, a, on) : a;
    }

    /** The imaginary part: float32 of complex64, zeros of the same dtype of others. */
    public static Array imag(Array a, StreamOrDevice... on) {
        Operands.require("imag", "a", a);
        return a.dtype() == DType.COMPLEX64
                ? exact(UnaryOp.IMAG, a, on)
                : Ops.zerosLike(a, on);
    }

    /** The complex conjugate; others as they are. */
    public static Array conjugate(Array a, StreamOrDevice... on) {
        Operands.require("conjugate", "a", a);
        return a.dtype() == DType.COMPLEX64 ? exact(UnaryOp.CONJUGATE, a, on) : a;
    }

    /** Each element as {@code dtype}; floats become integers by dropping the fraction. */
    public static Array astype(Array a, DType dtype, StreamOrDevice... on) {
        Operands.require("astype", "a", a);
        return a.dtype() == Operands.require("astype", "dtype", dtype)
                ? a
                : new Array(Operands.cast(a.node(), dtype, StreamOrDevice.resolve(on)));
    }

    /** Degrees from radians. */
    public static Array degrees(Array a, StreamOrDevice... on) {
        return Operands.weak(BinaryOp.MULTIPLY, a, 180 / Math.PI, on);
    }

    /** Radians from degrees. */
    public static Array radians(Array a, StreamOrDevice... on) {
        return Operands.weak(BinaryOp.MULTIPLY, a, Math.PI / 180, on);
    }
}
