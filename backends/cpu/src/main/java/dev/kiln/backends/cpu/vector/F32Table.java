package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.UnaryLoop;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/**
 * The operations on float32 that have a vector form. Each has a lambda of its own, even where one that captures the
 * operator would do: the JIT compiler boxes vectors in a lambda that several loops share.
 */
final class F32Table {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private F32Table() {}

    /** The loop for {@code op}, or null if it is left to scalars. */
    static @Nullable UnaryLoop unary(UnaryOp op) {
        return switch (op) {
            case ABS -> function(v -> v.lanewise(VectorOperators.ABS));
            case NEGATIVE -> function(v -> v.lanewise(VectorOperators.NEG));
            case SQRT -> function(v -> v.lanewise(VectorOperators.SQRT));
            case EXPM1 -> function(v -> v.lanewise(VectorOperators.EXPM1));
            case LOG -> function(v -> v.lanewise(VectorOperators.LOG));
            case LOG10 -> function(v -> v.lanewise(VectorOperators.LOG10));
            case LOG1P -> function(v -> v.lanewise(VectorOperators.LOG1P));
            case SIN -> function(v -> v.lanewise(VectorOperators.SIN));
            case COS -> function(v -> v.lanewise(VectorOperators.COS));
            case TAN -> function(v -> v.lanewise(VectorOperators.TAN));
            case ARCSIN -> function(v -> v.lanewise(VectorOperators.ASIN));
            case ARCCOS -> function(v -> v.lanewise(VectorOperators.ACOS));
            case ARCTAN -> function(v -> v.lanewise(VectorOperators.ATAN));
            case SINH -> function(v -> v.lanewise(VectorOperators.SINH));
            case COSH -> function(v -> v.lanewise(VectorOperators.COSH));
            case TANH -> function(F32Math::tanh);
            case EXP -> function(F32Math::exp);
            case SIGN -> function(F32Math::sign);
            case SQUARE -> function(v -> v.mul(v));
            case RSQRT -> function(v -> FloatVector.broadcast(Species.F32, 1).div(v.sqrt()));
            case RECIPROCAL -> function(v -> FloatVector.broadcast(Species.F32, 1).div(v));
            case SIGMOID -> function(F32Math::sigmoid);
            case ERF -> function(F32Math::erf);
            case CEIL -> function(F32Math::ceil);
            case FLOOR -> function(F32Math::floor);
            case ROUND -> function(F32Math::round);
            case LOGICAL_NOT -> test(v -> v.compare(VectorOperators.EQ, 0));
            case ISNAN -> test(v -> v.test(VectorOperators.IS_NAN));
            case ISINF -> test(v -> v.test(VectorOperators.IS_INFINITE));
            case ISFINITE -> test(v -> v.test(VectorOperators.IS_FINITE));
            case ISPOSINF -> test(v -> v.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
            case ISNEGINF -> test(v -> v.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
            default -> null;
        };
    }

    /** The loop for {@code op}, or null if it is left to scalars. */
    static @Nullable BinaryLoop binary(BinaryOp op) {
        return switch (op) {
            case ADD -> function2((a, b) -> a.add(b));
            case SUBTRACT -> function2((a, b) -> a.sub(b));
            case MULTIPLY -> function2((a, b) -> a.mul(b));
            case DIVIDE -> function2((a, b) -> a.div(b));
            case MAXIMUM -> function2((a, b) -> a.max(b));
            case MINIMUM -> function2((a, b) -> a.min(b));
            case FLOOR_DIVIDE -> function2((a, b) -> F32Math.floor(a.div(b)));
            case LOGADDEXP -> function2(F32Math::logaddexp);
            case EQUAL -> test2((a, b) -> a.compare(VectorOperators.EQ, b));
            case NOT_EQUAL -> test2((a, b) -> a.compare(VectorOperators.NE, b));
            case LESS -> test2((a, b) -> a.compare(VectorOperators.LT, b));
            case LESS_EQUAL -> test2((a, b) -> a.compare(VectorOperators.LE, b));
            case GREATER -> test2((a, b) -> a.compare(VectorOperators.GT, b));
            case GREATER_EQUAL -> test2((a, b) -> a.compare(VectorOperators.GE, b));
            case LOGICAL_AND -> test2((a, b) -> a.compare(VectorOperators.NE, 0).and(b.compare(VectorOperators.NE, 0)));
            case LOGICAL_OR -> test2((a, b) -> a.compare(VectorOperators.NE, 0).or(b.compare(VectorOperators.NE, 0)));
            default -> null;
        };
    }

    private static UnaryLoop function(F32Templates.Function fn) {
        return LoopTemplate.instantiate(LOOKUP, F32Templates.Unary.class, fn);
    }

    private static UnaryLoop test(F32Templates.Predicate fn) {
        return LoopTemplate.instantiate(LOOKUP, F32Templates.Test.class, fn);
    }

    private static BinaryLoop function2(F32Templates.Function2 fn) {
        return LoopTemplate.instantiate(LOOKUP, F32Templates.Binary.class, fn);
    }

    private static BinaryLoop test2(F32Templates.Relation fn) {
        return LoopTemplate.instantiate(LOOKUP, F32Templates.Test2.class, fn);
    }
}
