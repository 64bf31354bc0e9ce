package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.Arithmetic;
import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.LoopTable;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.ops.BinaryOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import jdk.incubator.vector.VectorOperators;

/** The tests of integers and truth values, which the JIT compiler does not vectorize by itself. */
final class I64Table {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private I64Table() {}

    static void fillBinary(LoopTable<BinaryOp, BinaryLoop> t) {
        test(t, BinaryOp.EQUAL, (a, b) -> a.compare(VectorOperators.EQ, b));
        test(t, BinaryOp.NOT_EQUAL, (a, b) -> a.compare(VectorOperators.NE, b));
        test(t, BinaryOp.LESS, (a, b) -> a.compare(VectorOperators.LT, b));
        test(t, BinaryOp.LESS_EQUAL, (a, b) -> a.compare(VectorOperators.LE, b));
        test(t, BinaryOp.GREATER, (a, b) -> a.compare(VectorOperators.GT, b));
        test(t, BinaryOp.GREATER_EQUAL, (a, b) -> a.compare(VectorOperators.GE, b));
        test(t, BinaryOp.LOGICAL_AND,
                (a, b) -> a.compare(VectorOperators.NE, 0).and(b.compare(VectorOperators.NE, 0)));
        test(t, BinaryOp.LOGICAL_OR, (a, b) -> a.or(b).compare(VectorOperators.NE, 0));

        put(t, BinaryOp.LESS, Arithmetic.UNSIGNED, (a, b) -> a.compare(VectorOperators.ULT, b));
        put(t, BinaryOp.LESS_EQUAL, Arithmetic.UNSIGNED, (a, b) -> a.compare(VectorOperators.ULE, b));
        put(t, BinaryOp.GREATER, Arithmetic.UNSIGNED, (a, b) -> a.compare(VectorOperators.UGT, b));
        put(t, BinaryOp.GREATER_EQUAL, Arithmetic.UNSIGNED, (a, b) -> a.compare(VectorOperators.UGE, b));
    }

    private static void test(LoopTable<BinaryOp, BinaryLoop> t, BinaryOp op, I64Templates.Relation fn) {
        put(t, op, Arithmetic.INTEGER, fn);
        put(t, op, Arithmetic.UNSIGNED, fn);
        put(t, op, Arithmetic.TRUTH, fn);
    }

    private static void put(LoopTable<BinaryOp, BinaryLoop> t, BinaryOp op, Arithmetic arithmetic,
            I64Templates.Relation fn) {
        t.put(op, arithmetic, () -> LoopTemplate.instantiate(LOOKUP, I64Templates.Test2.class, fn));
    }
}
