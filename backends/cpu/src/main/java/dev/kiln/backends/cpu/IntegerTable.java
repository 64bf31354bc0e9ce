package dev.kiln.backends.cpu;

import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The operations on integers and truth values. Nothing here throws: padding may hold anything, and division by zero
 * gives 0. Results are wrapped to narrower types by {@link Loops#round}.
 */
final class IntegerTable {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private IntegerTable() {}

    /** The loop for {@code op}, or null if there is none. */
    static @Nullable UnaryLoop unary(UnaryOp op) {
        return switch (op) {
            case ABS -> function(Math::abs);
            case NEGATIVE -> function(x -> -x);
            case SIGN -> function(Long::signum);
            case SQUARE -> function(x -> x * x);
            case BITWISE_INVERT -> function(x -> ~x);
            case LOGICAL_NOT -> function(x -> x == 0 ? 1 : 0);
            case CEIL -> function(x -> x);
            case FLOOR -> function(x -> x);
            case ROUND -> function(x -> x);
            case ISNAN -> function(x -> 0);
            case ISINF -> function(x -> 0);
            case ISPOSINF -> function(x -> 0);
            case ISNEGINF -> function(x -> 0);
            case ISFINITE -> function(x -> 1);
            default -> null;
        };
    }

    /** The same for uint64. */
    static @Nullable UnaryLoop unaryOfUnsigned(UnaryOp op) {
        return switch (op) {
            case ABS -> function(x -> x);
            case SIGN -> function(x -> x == 0 ? 0 : 1);
            default -> unary(op);
        };
    }

    /** The same for bool. */
    static @Nullable UnaryLoop unaryOfTruth(UnaryOp op) {
        return switch (op) {
            case NEGATIVE -> function(x -> x);
            case BITWISE_INVERT -> function(x -> x ^ 1);
            default -> unary(op);
        };
    }

    /** The loop for {@code op}, or null if there is none. */
    static @Nullable BinaryLoop binary(BinaryOp op) {
        return switch (op) {
            case ADD -> function2((a, b) -> a + b);
            case SUBTRACT -> function2((a, b) -> a - b);
            case MULTIPLY -> function2((a, b) -> a * b);
            case FLOOR_DIVIDE -> function2((a, b) -> b == 0 ? 0 : a / b);
            case REMAINDER -> function2((a, b) -> b == 0 ? 0 : Math.floorMod(a, b));
            case POWER -> function2((a, b) -> b < 0 ? 0 : SpecialFunctions.power(a, b));
            case MAXIMUM -> function2(Math::max);
            case MINIMUM -> function2(Math::min);
            case EQUAL -> function2((a, b) -> a == b ? 1 : 0);
            case NOT_EQUAL -> function2((a, b) -> a != b ? 1 : 0);
            case LESS -> function2((a, b) -> a < b ? 1 : 0);
            case LESS_EQUAL -> function2((a, b) -> a <= b ? 1 : 0);
            case GREATER -> function2((a, b) -> a > b ? 1 : 0);
            case GREATER_EQUAL -> function2((a, b) -> a >= b ? 1 : 0);
            case LOGICAL_AND -> function2((a, b) -> a != 0 && b != 0 ? 1 : 0);
            case LOGICAL_OR -> function2((a, b) -> (a | b) != 0 ? 1 : 0);
            case BITWISE_AND -> function2((a, b) -> a & b);
            case BITWISE_OR -> function2((a, b) -> a | b);
            case BITWISE_XOR -> function2((a, b) -> a ^ b);
            case LEFT_SHIFT -> function2((a, b) -> a << b);
            case RIGHT_SHIFT -> function2((a, b) -> a >> b);
            case DIVIDE, LOGADDEXP, ARCTAN2 -> null;
        };
    }

    /** The same for uint64. */
    static @Nullable BinaryLoop binaryOfUnsigned(BinaryOp op) {
        return switch (op) {
            case FLOOR_DIVIDE -> function2((a, b) -> b == 0 ? 0 : Long.divideUnsigned(a, b));
            case REMAINDER -> function2((a, b) -> b == 0 ? 0 : Long.remainderUnsigned(a, b));
            case POWER -> function2(SpecialFunctions::power);
            case MAXIMUM -> function2((a, b) -> flip(Math.max(flip(a), flip(b))));
            case MINIMUM -> function2((a, b) -> flip(Math.min(flip(a), flip(b))));
            case LESS -> function2((a, b) -> flip(a) < flip(b) ? 1 : 0);
            case LESS_EQUAL -> function2((a, b) -> flip(a) <= flip(b) ? 1 : 0);
            case GREATER -> function2((a, b) -> flip(a) > flip(b) ? 1 : 0);
            case GREATER_EQUAL -> function2((a, b) -> flip(a) >= flip(b) ? 1 : 0);
            case RIGHT_SHIFT -> function2((a, b) -> a >>> b);
            default -> binary(op);
        };
    }

    /** The same for bool. C++ computes with int and asks whether the result is 0; these give 0 and 1 at once. */
    static @Nullable BinaryLoop binaryOfTruth(BinaryOp op) {
        return switch (op) {
            case ADD -> function2((a, b) -> a | b);
            case SUBTRACT -> function2((a, b) -> a ^ b);
            case LEFT_SHIFT -> function2((a, b) -> a);
            default -> binary(op);
        };
    }

    /** Makes the signed order of longs the unsigned one. */
    private static long flip(long x) {
        return x ^ Long.MIN_VALUE;
    }

    private static UnaryLoop function(LongUnaryOperator fn) {
        return LoopTemplate.instantiate(LOOKUP, I64Templates.Unary.class, fn);
    }

    private static BinaryLoop function2(LongBinaryOperator fn) {
        return LoopTemplate.instantiate(LOOKUP, I64Templates.Binary.class, fn);
    }
}
