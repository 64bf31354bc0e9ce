package dev.kiln.backends.cpu;

import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;

/** The operations on floating-point numbers: one row each, for float32 and float64 alike. */
final class FloatTable {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private FloatTable() {}

    /** A test of two values. */
    @FunctionalInterface
    interface Relation {
        boolean test(double a, double b);
    }

    static void fillUnary(LoopTable<UnaryOp, UnaryLoop> t) {
        put(t, UnaryOp.ABS, Math::abs);
        put(t, UnaryOp.NEGATIVE, x -> -x);
        put(t, UnaryOp.SIGN, x -> x > 0 ? 1 : x < 0 ? -1 : 0);
        put(t, UnaryOp.SQUARE, x -> x * x);
        put(t, UnaryOp.SQRT, Math::sqrt);
        put(t, UnaryOp.RSQRT, x -> 1 / Math.sqrt(x));
        put(t, UnaryOp.RECIPROCAL, x -> 1 / x);
        put(t, UnaryOp.EXP, Math::exp);
        put(t, UnaryOp.EXPM1, Math::expm1);
        put(t, UnaryOp.LOG, Math::log);
        put(t, UnaryOp.LOG2, SpecialFunctions::log2);
        put(t, UnaryOp.LOG10, Math::log10);
        put(t, UnaryOp.LOG1P, Math::log1p);
        put(t, UnaryOp.SIN, Math::sin);
        put(t, UnaryOp.COS, Math::cos);
        put(t, UnaryOp.TAN, Math::tan);
        put(t, UnaryOp.ARCSIN, Math::asin);
        put(t, UnaryOp.ARCCOS, Math::acos);
        put(t, UnaryOp.ARCTAN, Math::atan);
        put(t, UnaryOp.SINH, Math::sinh);
        put(t, UnaryOp.COSH, Math::cosh);
        put(t, UnaryOp.TANH, Math::tanh);
        put(t, UnaryOp.ARCSINH, SpecialFunctions::arcsinh);
        put(t, UnaryOp.ARCCOSH, SpecialFunctions::arccosh);
        put(t, UnaryOp.ARCTANH, SpecialFunctions::arctanh);
        put(t, UnaryOp.ERF, SpecialFunctions::erf);
        put(t, UnaryOp.ERFINV, SpecialFunctions::erfinv);
        put(t, UnaryOp.SIGMOID, SpecialFunctions::sigmoid);
        put(t, UnaryOp.CEIL, Math::ceil);
        put(t, UnaryOp.FLOOR, Math::floor);
        put(t, UnaryOp.ROUND, Math::rint);
        test(t, UnaryOp.LOGICAL_NOT, x -> x == 0);
        test(t, UnaryOp.ISNAN, Double::isNaN);
        test(t, UnaryOp.ISINF, Double::isInfinite);
        test(t, UnaryOp.ISFINITE, Double::isFinite);
        test(t, UnaryOp.ISPOSINF, x -> x == Double.POSITIVE_INFINITY);
        test(t, UnaryOp.ISNEGINF, x -> x == Double.NEGATIVE_INFINITY);
    }

    static void fillBinary(LoopTable<BinaryOp, BinaryLoop> t) {
        put(t, BinaryOp.ADD, (a, b) -> a + b);
        put(t, BinaryOp.SUBTRACT, (a, b) -> a - b);
        put(t, BinaryOp.MULTIPLY, (a, b) -> a * b);
        put(t, BinaryOp.DIVIDE, (a, b) -> a / b);
        // The definition is the floor of the rounded quotient, so float32 has to round before it takes the floor.
        put(t, BinaryOp.FLOOR_DIVIDE, (a, b) -> Math.floor((float) (a / b)), (a, b) -> Math.floor(a / b));
        put(t, BinaryOp.REMAINDER, SpecialFunctions::remainder);
        put(t, BinaryOp.POWER, SpecialFunctions::power);
        put(t, BinaryOp.MAXIMUM, Math::max);
        put(t, BinaryOp.MINIMUM, Math::min);
        put(t, BinaryOp.LOGADDEXP, SpecialFunctions::logaddexp);
        put(t, BinaryOp.ARCTAN2, Math::atan2);
        test(t, BinaryOp.EQUAL, (a, b) -> a == b);
        test(t, BinaryOp.NOT_EQUAL, (a, b) -> a != b);
        test(t, BinaryOp.LESS, (a, b) -> a < b);
        test(t, BinaryOp.LESS_EQUAL, (a, b) -> a <= b);
        test(t, BinaryOp.GREATER, (a, b) -> a > b);
        test(t, BinaryOp.GREATER_EQUAL, (a, b) -> a >= b);
        test(t, BinaryOp.LOGICAL_AND, (a, b) -> a != 0 && b != 0);
        test(t, BinaryOp.LOGICAL_OR, (a, b) -> a != 0 || b != 0);
    }

    private static void put(LoopTable<UnaryOp, UnaryLoop> t, UnaryOp op, DoubleUnaryOperator fn) {
        t.put(op, Arithmetic.F32, () -> LoopTemplate.instantiate(LOOKUP, F32Templates.Unary.class, fn));
        t.put(op, Arithmetic.F64, () -> LoopTemplate.instantiate(LOOKUP, F64Templates.Unary.class, fn));
    }

    private static void test(LoopTable<UnaryOp, UnaryLoop> t, UnaryOp op, DoublePredicate fn) {
        t.put(op, Arithmetic.F32, () -> LoopTemplate.instantiate(LOOKUP, F32Templates.Test.class, fn));
        t.put(op, Arithmetic.F64, () -> LoopTemplate.instantiate(LOOKUP, F64Templates.Test.class, fn));
    }

    private static void put(LoopTable<BinaryOp, BinaryLoop> t, BinaryOp op, DoubleBinaryOperator fn) {
        put(t, op, fn, fn);
    }

    private static void put(LoopTable<BinaryOp, BinaryLoop> t, BinaryOp op, DoubleBinaryOperator f32,
            DoubleBinaryOperator f64) {
        t.put(op, Arithmetic.F32, () -> LoopTemplate.instantiate(LOOKUP, F32Templates.Binary.class, f32));
        t.put(op, Arithmetic.F64, () -> LoopTemplate.instantiate(LOOKUP, F64Templates.Binary.class, f64));
    }

    private static void test(LoopTable<BinaryOp, BinaryLoop> t, BinaryOp op, Relation fn) {
        t.put(op, Arithmetic.F32, () -> LoopTemplate.instantiate(LOOKUP, F32Templates.Relation.class, fn));
        t.put(op, Arithmetic.F64, () -> LoopTemplate.instantiate(LOOKUP, F64Templates.Relation.class, fn));
    }
}
