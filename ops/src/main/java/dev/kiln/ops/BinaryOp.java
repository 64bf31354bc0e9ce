package dev.kiln.ops;

import java.util.Locale;

/** The elementwise functions of two arguments of one shape and dtype. */
public enum BinaryOp {
    ADD, SUBTRACT, MULTIPLY, DIVIDE, FLOOR_DIVIDE, REMAINDER, POWER, MAXIMUM, MINIMUM, LOGADDEXP, ARCTAN2, EQUAL,
    NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, LOGICAL_AND, LOGICAL_OR, BITWISE_AND, BITWISE_OR, BITWISE_XOR,
    LEFT_SHIFT, RIGHT_SHIFT;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** MLX's name, such as {@code floor_divide}. */
    @Override
    public String toString() {
        return text;
    }
}
