package dev.kiln.ops;

import java.util.Locale;

/** The elementwise functions of one argument. A backend has one row for each, or runs its decomposition. */
public enum UnaryOp {
    ABS, NEGATIVE, SIGN, SQUARE, SQRT, RSQRT, RECIPROCAL, EXP, EXPM1, LOG, LOG2, LOG10, LOG1P, SIN, COS, TAN, ARCSIN,
    ARCCOS, ARCTAN, SINH, COSH, TANH, ARCSINH, ARCCOSH, ARCTANH, ERF, ERFINV, SIGMOID, CEIL, FLOOR, ROUND, LOGICAL_NOT,
    BITWISE_INVERT, ISNAN, ISINF, ISFINITE, ISPOSINF, ISNEGINF, REAL, IMAG, CONJUGATE;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** MLX's name, such as {@code rsqrt}. */
    @Override
    public String toString() {
        return text;
    }
}
