package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.Arithmetic;
import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.LoopTable;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.UnaryLoop;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.UnaryOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The operations on float32 that have a vector form. Each has a lambda of its own, even where one that captures the
 * operator would do: the JIT compiler boxes vectors in a lambda that several loops share.
 */
final class F32Table {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private F32Table() {}

    static void fillUnary(LoopTable<UnaryOp, UnaryLoop> t) {
        put(t, UnaryOp.ABS, v -> v.lanewise(VectorOperators.ABS));
        put(t, UnaryOp.NEGATIVE, v -> v.lanewise(VectorOperators.NEG));
        put(t, UnaryOp.SQRT, v -> v.lanewise(VectorOperators.SQRT));
        put(t, UnaryOp.EXPM1, v -> v.lanewise(VectorOperators.EXPM1));
        put(t, UnaryOp.LOG, v -> v.lanewise(VectorOperators.LOG));
        put(t, UnaryOp.LOG10, v -> v.lanewise(VectorOperators.LOG10));
        put(t, UnaryOp.LOG1P, v -> v.lanewise(VectorOperators.LOG1P));
        put(t, UnaryOp.SIN, v -> v.lanewise(VectorOperators.SIN));
        put(t, UnaryOp.COS, v -> v.lanewise(VectorOperators.COS));
        put(t, UnaryOp.TAN, v -> v.lanewise(VectorOperators.TAN));
        put(t, UnaryOp.ARCSIN, v -> v.lanewise(VectorOperators.ASIN));
        put(t, UnaryOp.ARCCOS, v -> v.lanewise(VectorOperators.ACOS));
        put(t, UnaryOp.ARCTAN, v -> v.lanewise(VectorOperators.ATAN));
        put(t, UnaryOp.SINH, v -> v.lanewise(VectorOperators.SINH));
        put(t, UnaryOp.COSH, v -> v.lanewise(VectorOperators.COSH));
        put(t, UnaryOp.TANH, F32Math::tanh);
        put(t, UnaryOp.EXP, F32Math::exp);
        put(t, UnaryOp.SIGN, F32Math::sign);
        put(t, UnaryOp.SQUARE, v -> v.mul(v));
        put(t, UnaryOp.RSQRT, v -> FloatVector.broadcast(Species.F32, 1).div(v.sqrt()));
        put(t, UnaryOp.RECIPROCAL, v -> FloatVector.broadcast(Species.F32, 1).div(v));
        put(t, UnaryOp.SIGMOID, F32Math::sigmoid);
        put(t, UnaryOp.ERF, F32Math::erf);
        put(t, UnaryOp.CEIL, F32Math::ceil);
        put(t, UnaryOp.FLOOR, F32Math::floor);
        put(t, UnaryOp.ROUND, F32Math::round);
        test(t, UnaryOp.LOGICAL_NOT, v -> v.compare(VectorOperators.EQ, 0));
        test(t, UnaryOp.ISNAN, v -> v.test(VectorOperators.IS_NAN));
        test(t, UnaryOp.ISINF, v -> v.test(VectorOperators.IS_INFINITE));
        test(t, UnaryOp.ISFINITE, v -> v.test(VectorOperators.IS_FINITE));
        test(t, UnaryOp.ISPOSINF, v -> v.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
        test(t, UnaryOp.ISNEGINF, v -> v.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
    }

    static void fillBinary(LoopTable<BinaryOp, BinaryLoop> t) {
        put(t, BinaryOp.ADD, (a, b) -> a.add(b));
        put(t, BinaryOp.SUBTRACT, (a, b) -> a.sub(b));
        put(t, BinaryOp.MULTIPLY, (a, b) -> a.mul(b));
        put(t, BinaryOp.DIVIDE, (a, b) -> a.div(b));
        put(t, BinaryOp.MAXIMUM, (a, b) -> a.max(b));
        put(t, BinaryOp.MINIMUM, (a, b) -> a.min(b));
        put(t, BinaryOp.FLOOR_DIVIDE, (a, b) -> F32Math.floor(a.div(b)));
        put(t, BinaryOp.LOGADDEXP, F32Math::logaddexp);
        test(t, BinaryOp.EQUAL, (a, b) -> a.compare(VectorOperators.EQ, b));
        test(t, BinaryOp.NOT_EQUAL, (a, b) -> a.compare(VectorOperators.NE, b));
        test(t, BinaryOp.LESS, (a, b) -> a.compare(VectorOperators.LT, b));
        test(t, BinaryOp.LESS_EQUAL, (a, b) -> a.compare(VectorOperators.LE, b));
        test(t, BinaryOp.GREATER, (a, b) -> a.compare(VectorOperators.GT, b));
        test(t, BinaryOp.GREATER_EQUAL, (a, b) -> a.compare(VectorOperators.GE, b));
        test(t, BinaryOp.LOGICAL_AND,
                (a, b) -> a.compare(VectorOperators.NE, 0).and(b.compare(VectorOperators.NE, 0)));
        test(t, BinaryOp.LOGICAL_OR,
                (a, b) -> a.compare(VectorOperators.NE, 0).or(b.compare(VectorOperators.NE, 0)));
    }

    private static void put(LoopTable<UnaryOp, UnaryLoop> t, UnaryOp op, F32Templates.Function fn) {
        t.put(op, Arithmetic.F32, () -> LoopTemplate.instantiate(LOOKUP, F32Templates.Unary.class, fn));
    }

    private static void test(LoopTable<UnaryOp, UnaryLoop> t, UnaryOp op, F32Templates.Predicate fn) {
        t.put(op, Arithmetic.F32, () -> LoopTemplate.instantiate(LOOKUP, F32Templates.Test.class, fn));
    }

    private static void put(LoopTable<BinaryOp, BinaryLoop> t, BinaryOp op, F32Templates.Function2 fn) {
        t.put(op, Arithmetic.F32, () -> LoopTemplate.instantiate(LOOKUP, F32Templates.Binary.class, fn));
    }

    private static void test(LoopTable<BinaryOp, BinaryLoop> t, BinaryOp op, F32Templates.Relation fn) {
        t.put(op, Arithmetic.F32, () -> LoopTemplate.instantiate(LOOKUP, F32Templates.Test2.class, fn));
    }
}
