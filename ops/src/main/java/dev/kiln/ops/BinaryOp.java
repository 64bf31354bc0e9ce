package dev.kiln.ops;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The elementwise functions of two arguments of one shape and dtype, each with its two derivatives. */
public enum BinaryOp {
    ADD((a, b, y, g) -> g, (a, b, y, g) -> g), SUBTRACT((a, b, y, g) -> g, (a, b, y, g) -> g.negative()),
    MULTIPLY((a, b, y, g) -> g.multiply(b), (a, b, y, g) -> g.multiply(a)),
    DIVIDE((a, b, y, g) -> g.divide(b), (a, b, y, g) -> g.divide(b).multiply(y).negative()), FLOOR_DIVIDE,
    REMAINDER((a, b, y, g) -> g, (a, b, y, g) -> g.multiply(a.floorDivide(b)).negative()),
    POWER(BinaryOp::powerByBase, BinaryOp::powerByExponent),
    MAXIMUM((a, b, y, g) -> where(a.greater(b), g), (a, b, y, g) -> where(a.lessEqual(b), g)),
    MINIMUM((a, b, y, g) -> where(a.less(b), g), (a, b, y, g) -> where(a.greaterEqual(b), g)),
    LOGADDEXP((a, b, y, g) -> g.multiply(a.subtract(b).sigmoid()),
            (a, b, y, g) -> g.multiply(b.subtract(a).sigmoid())),
    ARCTAN2((a, b, y, g) -> g.multiply(b.divide(squares(a, b))),
            (a, b, y, g) -> g.multiply(a.divide(squares(a, b))).negative()),
    EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, LOGICAL_AND, LOGICAL_OR, BITWISE_AND, BITWISE_OR,
    BITWISE_XOR, LEFT_SHIFT, RIGHT_SHIFT;

    /** A partial derivative times a cotangent; null where it is zero. */
    interface Derivative {
        @Nullable
        Array times(Array a, Array b, Array y, Array g);
    }

    @SuppressWarnings("ImmutableEnumChecker") // a lambda that captures nothing
    private final Derivative first;
    @SuppressWarnings("ImmutableEnumChecker")
    private final Derivative second;
    private final String text = name().toLowerCase(Locale.ROOT);
    /** Made once, so that those who compare it find it the same at the first look. */
    @SuppressWarnings("ImmutableEnumChecker") // a record of this
    private final Binary primitive = new Binary(this);

    /** One that goes in steps. */
    BinaryOp() {
        this((a, b, y, g) -> null, (a, b, y, g) -> null);
    }

    BinaryOp(Derivative first, Derivative second) {
        this.first = first;
        this.second = second;
    }

    /** The derivative by an argument at {@code (a, b)}, where the function is {@code y}, times {@code g}. */
    Derivative derivative(int argument) {
        return argument == 0 ? first : second;
    }

    /** {@code b * a^(b - 1)}, and 0 rather than 0 * infinity where both are 0, in further derivatives too. */
    private static Array powerByBase(Array a, Array b, Array y, Array g) {
        Array neither = a.equal(0).logicalAnd(b.equal(0));
        return g.multiply(b.multiply(a.power(Ops.where(neither, 0, b.subtract(1)))));
    }

    /** {@code a^b * log(a)}, and 0, its limit, where a is 0. */
    private static Array powerByExponent(Array a, Array b, Array y, Array g) {
        return g.multiply(Ops.where(a.equal(0), 0, y.multiply(Ops.where(a.equal(0), 1, a).log())));
    }

    private static Array where(Array condition, Array g) {
        return Ops.where(condition, g, 0);
    }

    private static Array squares(Array a, Array b) {
        return a.square().add(b.square());
    }

    /** The function as a primitive of the graph. */
    Binary primitive() {
        return primitive;
    }

    /** MLX's name, such as {@code floor_divide}. */
    @Override
    public String toString() {
        return text;
    }
}
