package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.UnaryLoop;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/**
 * The operations on float64 that have a vector form. Each has a lambda of its own, even where one that captures the
 * operator would do: the JIT compiler boxes vectors in a lambda that several loops share.
 */
final class F64Table {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private F64Table() {}

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
            case EXP -> function(F64Math::exp);
            case SIGN -> function(F64Math::sign);
            case SQUARE -> function(v -> v.mul(v));
            case RSQRT -> function(v -> DoubleVector.broadcast(Species.F64, 1).div(v.sqrt()));
            case RECIPROCAL -> function(v -> DoubleVector.broadcast(Species.F64, 1).div(v));
            case SIGMOID -> function(F64Math::sigmoid);
            case CEIL -> function(F64Math::ceil);
            case FLOOR -> function(F64Math::floor);
            case ROUND -> function(F64Math::round);
            case LOGICAL_NOT -> test(v -> v.compare(VectorOperators.EQ, 0));
            case ISNAN -> test(v -> v.test(VectorOperators.IS_NAN));
            case ISINF -> test(v -> v.test(VectorOperators.IS_INFINITE));
            case ISFINITE -> test(v -> v.test(VectorOperators.IS_FINITE));
            case ISPOSINF -> test(v -> v.compare(VectorOperators.EQ, Double.POSITIVE_INFINITY));
            case ISNEGINF -> test(v -> v.compare(VectorOperators.EQ, Double.NEGATIVE_INFINITY));
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
            case FLOOR_DIVIDE -> function2((a, b) -> F64Math.floor(a.div(b)));
            case LOGADDEXP -> function2(F64Math::logaddexp);
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

    private static UnaryLoop function(F64Templates.Function fn) {
        return LoopTemplate.instantiate(LOOKUP, F64Templates.Unary.class, fn);
    }

    private static UnaryLoop test(F64Templates.Predicate fn) {
        return LoopTemplate.instantiate(LOOKUP, F64Templates.Test.class, fn);
    }

    private static BinaryLoop function2(F64Templates.Function2 fn) {
        return LoopTemplate.instantiate(LOOKUP, F64Templates.Binary.class, fn);
    }

    private static BinaryLoop test2(F64Templates.Relation fn) {
        return LoopTemplate.instantiate(LOOKUP, F64Templates.Test2.class, fn);
    }
}
