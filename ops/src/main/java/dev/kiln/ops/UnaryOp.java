package dev.kiln.ops;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The elementwise functions of one argument, each with its derivative. A backend has one row for each, or runs its
 * decomposition.
 */
public enum UnaryOp {
    ABS((x, y, g) -> g.multiply(x.sign().conjugate())), NEGATIVE((x, y, g) -> g.negative()), SIGN(UnaryOp::none),
    SQUARE((x, y, g) -> g.multiply(x.multiply(2))), SQRT((x, y, g) -> g.divide(y.multiply(2))),
    RSQRT((x, y, g) -> g.multiply(y.divide(x)).multiply(-0.5)),
    RECIPROCAL((x, y, g) -> g.multiply(y.square()).negative()), EXP((x, y, g) -> g.multiply(y)),
    EXPM1((x, y, g) -> g.multiply(y.add(1))), LOG((x, y, g) -> g.divide(x)),
    LOG2((x, y, g) -> g.divide(x.multiply(Math.log(2)))), LOG10((x, y, g) -> g.divide(x.multiply(Math.log(10)))),
    LOG1P((x, y, g) -> g.divide(x.add(1))), SIN((x, y, g) -> g.multiply(x.cos())),
    COS((x, y, g) -> g.multiply(x.sin()).negative()), TAN((x, y, g) -> g.multiply(y.square().add(1))),
    ARCSIN((x, y, g) -> g.multiply(oneMinusSquare(x).rsqrt())),
    ARCCOS((x, y, g) -> g.multiply(oneMinusSquare(x).rsqrt()).negative()),
    ARCTAN((x, y, g) -> g.divide(x.square().add(1))), SINH((x, y, g) -> g.multiply(x.cosh())),
    COSH((x, y, g) -> g.multiply(x.sinh())), TANH((x, y, g) -> g.multiply(oneMinusSquare(y))),
    ARCSINH((x, y, g) -> g.multiply(x.square().add(1).rsqrt())),
    ARCCOSH((x, y, g) -> g.multiply(x.square().subtract(1).rsqrt())),
    ARCTANH((x, y, g) -> g.divide(oneMinusSquare(x))),
    ERF((x, y, g) -> g.multiply(x.square().negative().exp().multiply(2 / Math.sqrt(Math.PI)))),
    ERFINV((x, y, g) -> g.multiply(y.square().exp().multiply(Math.sqrt(Math.PI) / 2))),
    SIGMOID((x, y, g) -> g.multiply(y.multiply(Ops.subtract(1, y)))), CEIL(UnaryOp::none), FLOOR(UnaryOp::none),
    ROUND(UnaryOp::none), LOGICAL_NOT(UnaryOp::none), BITWISE_INVERT(UnaryOp::none), ISNAN(UnaryOp::none),
    ISINF(UnaryOp::none), ISFINITE(UnaryOp::none), ISPOSINF(UnaryOp::none), ISNEGINF(UnaryOp::none),
    REAL((x, y, g) -> g.astype(x.dtype())), IMAG((x, y, g) -> g.astype(x.dtype()).multiply(Scalars.i()).negative()),
    CONJUGATE((x, y, g) -> g.conjugate());

    /** A derivative times a cotangent; null where it is zero. */
    interface Derivative {
        @Nullable
        Array times(Array x, Array y, Array g);
    }

    @SuppressWarnings("ImmutableEnumChecker") // a lambda that captures nothing
    private final Derivative derivative;
    private final String text = name().toLowerCase(Locale.ROOT);
    /** Made once, so that those who compare it find it the same at the first look. */
    @SuppressWarnings("ImmutableEnumChecker") // a record of this
    private final Unary primitive = new Unary(this);

    UnaryOp(Derivative derivative) {
        this.derivative = derivative;
    }

    /** The derivative at {@code x}, where the function is {@code y}, times {@code g}. */
    Derivative derivative() {
        return derivative;
    }

    private static @Nullable Array none(Array x, Array y, Array g) {
        return null;
    }

    private static Array oneMinusSquare(Array a) {
        return Ops.subtract(1, a.square());
    }

    /** The function as a primitive of the graph. */
    Unary primitive() {
        return primitive;
    }

    /** MLX's name, such as {@code rsqrt}. */
    @Override
    public String toString() {
        return text;
    }
}
