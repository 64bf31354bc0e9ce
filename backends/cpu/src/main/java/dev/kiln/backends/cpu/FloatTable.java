package dev.kiln.backends.cpu;

import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The operations on floating-point numbers: one row each, for float32 and float64 alike. */
record FloatTable(Class<? extends UnaryLoop> function, Class<? extends UnaryLoop> test,
        Class<? extends BinaryLoop> function2, Class<? extends BinaryLoop> test2, DoubleBinaryOperator floorDivide) {
    // The definition is the floor of the rounded quotient, so float32 has to round before it takes the floor.
    static final FloatTable F32 = new FloatTable(F32Templates.Unary.class, F32Templates.Test.class,
            F32Templates.Binary.class, F32Templates.Relation.class, (a, b) -> Math.floor((float) (a / b)));
    static final FloatTable F64 = new FloatTable(F64Templates.Unary.class, F64Templates.Test.class,
            F64Templates.Binary.class, F64Templates.Relation.class, (a, b) -> Math.floor(a / b));

    private static final Lookup LOOKUP = MethodHandles.lookup();

    /** A test of two values. */
    @FunctionalInterface
    interface Relation {
        boolean test(double a, double b);
    }

    /** The loop for {@code op}, or null if there is none. */
    @Nullable
    UnaryLoop unary(UnaryOp op) {
        return switch (op) {
            case ABS -> function(Math::abs);
            case NEGATIVE -> function(x -> -x);
            case SIGN -> function(x -> x > 0 ? 1 : x < 0 ? -1 : 0);
            case SQUARE -> function(x -> x * x);
            case SQRT -> function(Math::sqrt);
            case RSQRT -> function(x -> 1 / Math.sqrt(x));
            case RECIPROCAL -> function(x -> 1 / x);
            case EXP -> function(Math::exp);
            case EXPM1 -> function(Math::expm1);
            case LOG -> function(Math::log);
            case LOG2 -> function(SpecialFunctions::log2);
            case LOG10 -> function(Math::log10);
            case LOG1P -> function(Math::log1p);
            case SIN -> function(Math::sin);
            case COS -> function(Math::cos);
            case TAN -> function(Math::tan);
            case ARCSIN -> function(Math::asin);
            case ARCCOS -> function(Math::acos);
            case ARCTAN -> function(Math::atan);
            case SINH -> function(Math::sinh);
            case COSH -> function(Math::cosh);
            case TANH -> function(Math::tanh);
            case ARCSINH -> function(SpecialFunctions::arcsinh);
            case ARCCOSH -> function(SpecialFunctions::arccosh);
            case ARCTANH -> function(SpecialFunctions::arctanh);
            case ERF -> function(ErrorFunction::of);
            case ERFINV -> function(ErrorFunction::inverse);
            case SIGMOID -> function(SpecialFunctions::sigmoid);
            case CEIL -> function(Math::ceil);
            case FLOOR -> function(Math::floor);
            case ROUND -> function(Math::rint);
            case LOGICAL_NOT -> test(x -> x == 0);
            case ISNAN -> test(Double::isNaN);
            case ISINF -> test(Double::isInfinite);
            case ISFINITE -> test(Double::isFinite);
            case ISPOSINF -> test(x -> x == Double.POSITIVE_INFINITY);
            case ISNEGINF -> test(x -> x == Double.NEGATIVE_INFINITY);
            case BITWISE_INVERT, REAL, IMAG, CONJUGATE -> null;
        };
    }

    /** The loop for {@code op}, or null if there is none. */
    @Nullable
    BinaryLoop binary(BinaryOp op) {
        return switch (op) {
            case ADD -> function2((a, b) -> a + b);
            case SUBTRACT -> function2((a, b) -> a - b);
            case MULTIPLY -> function2((a, b) -> a * b);
            case DIVIDE -> function2((a, b) -> a / b);
            case REMAINDER -> function2(SpecialFunctions::remainder);
            case POWER -> function2(SpecialFunctions::power);
            case MAXIMUM -> function2(Math::max);
            case MINIMUM -> function2(Math::min);
            case LOGADDEXP -> function2(SpecialFunctions::logaddexp);
            case ARCTAN2 -> function2(Math::atan2);
            case EQUAL -> test2((a, b) -> a == b);
            case NOT_EQUAL -> test2((a, b) -> a != b);
            case LESS -> test2((a, b) -> a < b);
            case LESS_EQUAL -> test2((a, b) -> a <= b);
            case GREATER -> test2((a, b) -> a > b);
            case GREATER_EQUAL -> test2((a, b) -> a >= b);
            case LOGICAL_AND -> test2((a, b) -> a != 0 && b != 0);
            case LOGICAL_OR -> test2((a, b) -> a != 0 || b != 0);
            case FLOOR_DIVIDE -> function2(floorDivide);
            case BITWISE_AND, BITWISE_OR, BITWISE_XOR, LEFT_SHIFT, RIGHT_SHIFT -> null;
        };
    }

    private UnaryLoop function(DoubleUnaryOperator fn) {
        return LoopTemplate.instantiate(LOOKUP, function, fn);
    }

    private UnaryLoop test(DoublePredicate fn) {
        return LoopTemplate.instantiate(LOOKUP, test, fn);
    }

    private BinaryLoop function2(DoubleBinaryOperator fn) {
        return LoopTemplate.instantiate(LOOKUP, function2, fn);
    }

    private BinaryLoop test2(Relation fn) {
        return LoopTemplate.instantiate(LOOKUP, test2, fn);
    }
}
