package dev.kiln.backends.cpu;

import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * The operations on integers and truth values. Nothing here throws: padding may hold anything, and division by zero
 * gives 0. Where no dtype is named a row serves all; results are wrapped by {@link Loops#round}.
 */
final class IntegerTable {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private IntegerTable() {}

    /** A test of two values. */
    @FunctionalInterface
    private interface Relation {
        boolean test(long a, long b);
    }

    static void fillUnary(LoopTable<UnaryOp, UnaryLoop> t) {
        put(t, UnaryOp.ABS, Math::abs);
        put(t, UnaryOp.NEGATIVE, x -> -x);
        put(t, UnaryOp.SIGN, Long::signum);
        put(t, UnaryOp.SQUARE, x -> x * x);
        put(t, UnaryOp.BITWISE_INVERT, x -> ~x);
        put(t, UnaryOp.LOGICAL_NOT, x -> x == 0 ? 1 : 0);
        put(t, UnaryOp.CEIL, x -> x);
        put(t, UnaryOp.FLOOR, x -> x);
        put(t, UnaryOp.ROUND, x -> x);
        put(t, UnaryOp.ISNAN, x -> 0);
        put(t, UnaryOp.ISINF, x -> 0);
        put(t, UnaryOp.ISPOSINF, x -> 0);
        put(t, UnaryOp.ISNEGINF, x -> 0);
        put(t, UnaryOp.ISFINITE, x -> 1);

        put(t, UnaryOp.ABS, Arithmetic.UNSIGNED, x -> x);
        put(t, UnaryOp.SIGN, Arithmetic.UNSIGNED, x -> x == 0 ? 0 : 1);

        put(t, UnaryOp.NEGATIVE, Arithmetic.TRUTH, x -> x);
        put(t, UnaryOp.BITWISE_INVERT, Arithmetic.TRUTH, x -> x ^ 1);
    }

    static void fillBinary(LoopTable<BinaryOp, BinaryLoop> t) {
        put(t, BinaryOp.ADD, (a, b) -> a + b);
        put(t, BinaryOp.SUBTRACT, (a, b) -> a - b);
        put(t, BinaryOp.MULTIPLY, (a, b) -> a * b);
        put(t, BinaryOp.FLOOR_DIVIDE, (a, b) -> b == 0 ? 0 : a / b);
        put(t, BinaryOp.REMAINDER, (a, b) -> b == 0 ? 0 : Math.floorMod(a, b));
        put(t, BinaryOp.POWER, (a, b) -> b < 0 ? 0 : SpecialFunctions.power(a, b));
        put(t, BinaryOp.MAXIMUM, Math::max);
        put(t, BinaryOp.MINIMUM, Math::min);
        test(t, BinaryOp.EQUAL, (a, b) -> a == b);
        test(t, BinaryOp.NOT_EQUAL, (a, b) -> a != b);
        test(t, BinaryOp.LESS, (a, b) -> a < b);
        test(t, BinaryOp.LESS_EQUAL, (a, b) -> a <= b);
        test(t, BinaryOp.GREATER, (a, b) -> a > b);
        test(t, BinaryOp.GREATER_EQUAL, (a, b) -> a >= b);
        test(t, BinaryOp.LOGICAL_AND, (a, b) -> a != 0 && b != 0);
        test(t, BinaryOp.LOGICAL_OR, (a, b) -> (a | b) != 0);
        put(t, BinaryOp.BITWISE_AND, (a, b) -> a & b);
        put(t, BinaryOp.BITWISE_OR, (a, b) -> a | b);
        put(t, BinaryOp.BITWISE_XOR, (a, b) -> a ^ b);
        put(t, BinaryOp.LEFT_SHIFT, (a, b) -> a << b);
        put(t, BinaryOp.RIGHT_SHIFT, (a, b) -> a >> b);

        put(t, BinaryOp.FLOOR_DIVIDE, Arithmetic.UNSIGNED, (a, b) -> b == 0 ? 0 : Long.divideUnsigned(a, b));
        put(t, BinaryOp.REMAINDER, Arithmetic.UNSIGNED, (a, b) -> b == 0 ? 0 : Long.remainderUnsigned(a, b));
        put(t, BinaryOp.POWER, Arithmetic.UNSIGNED, SpecialFunctions::power);
        put(t, BinaryOp.MAXIMUM, Arithmetic.UNSIGNED, (a, b) -> flip(Math.max(flip(a), flip(b))));
        put(t, BinaryOp.MINIMUM, Arithmetic.UNSIGNED, (a, b) -> flip(Math.min(flip(a), flip(b))));
        test(t, BinaryOp.LESS, Arithmetic.UNSIGNED, (a, b) -> flip(a) < flip(b));
        test(t, BinaryOp.LESS_EQUAL, Arithmetic.UNSIGNED, (a, b) -> flip(a) <= flip(b));
        test(t, BinaryOp.GREATER, Arithmetic.UNSIGNED, (a, b) -> flip(a) > flip(b));
        test(t, BinaryOp.GREATER_EQUAL, Arithmetic.UNSIGNED, (a, b) -> flip(a) >= flip(b));
        put(t, BinaryOp.RIGHT_SHIFT, Arithmetic.UNSIGNED, (a, b) -> a >>> b);

        // C++ computes with int and asks whether the result is 0; these give 0 and 1 at once.
        put(t, BinaryOp.ADD, Arithmetic.TRUTH, (a, b) -> a | b);
        put(t, BinaryOp.SUBTRACT, Arithmetic.TRUTH, (a, b) -> a ^ b);
        put(t, BinaryOp.LEFT_SHIFT, Arithmetic.TRUTH, (a, b) -> a);
    }

    /** Makes the signed order of longs the unsigned one. */
    private static long flip(long x) {
        return x ^ Long.MIN_VALUE;
    }

    private static void put(LoopTable<UnaryOp, UnaryLoop> t, UnaryOp op, LongUnaryOperator fn) {
        put(t, op, Arithmetic.INTEGER, fn);
        put(t, op, Arithmetic.UNSIGNED, fn);
        put(t, op, Arithmetic.TRUTH, fn);
    }

    private static void put(LoopTable<UnaryOp, UnaryLoop> t, UnaryOp op, Arithmetic arithmetic, LongUnaryOperator fn) {
        t.put(op, arithmetic, () -> LoopTemplate.instantiate(LOOKUP, I64Templates.Unary.class, fn));
    }

    private static void put(LoopTable<BinaryOp, BinaryLoop> t, BinaryOp op, LongBinaryOperator fn) {
        put(t, op, Arithmetic.INTEGER, fn);
        put(t, op, Arithmetic.UNSIGNED, fn);
        put(t, op, Arithmetic.TRUTH, fn);
    }

    private static void put(LoopTable<BinaryOp, BinaryLoop> t, BinaryOp op, Arithmetic arithmetic,
            LongBinaryOperator fn) {
        t.put(op, arithmetic, () -> LoopTemplate.instantiate(LOOKUP, I64Templates.Binary.class, fn));
    }

    private static void test(LoopTable<BinaryOp, BinaryLoop> t, BinaryOp op, Relation fn) {
        put(t, op, (a, b) -> fn.test(a, b) ? 1 : 0);
    }

    private static void test(LoopTable<BinaryOp, BinaryLoop> t, BinaryOp op, Arithmetic arithmetic, Relation fn) {
        put(t, op, arithmetic, (a, b) -> fn.test(a, b) ? 1 : 0);
    }
}
