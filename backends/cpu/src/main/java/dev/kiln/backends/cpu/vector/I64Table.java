package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.BinaryLoop;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.ops.BinaryOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/** The tests of integers and truth values, which the JIT compiler does not vectorize by itself. */
final class I64Table {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private I64Table() {}

    /** The loop for {@code op}, or null if it is left to scalars. */
    static @Nullable BinaryLoop binary(BinaryOp op) {
        return switch (op) {
            case EQUAL -> test2((a, b) -> a.compare(VectorOperators.EQ, b));
            case NOT_EQUAL -> test2((a, b) -> a.compare(VectorOperators.NE, b));
            case LESS -> test2((a, b) -> a.compare(VectorOperators.LT, b));
            case LESS_EQUAL -> test2((a, b) -> a.compare(VectorOperators.LE, b));
            case GREATER -> test2((a, b) -> a.compare(VectorOperators.GT, b));
            case GREATER_EQUAL -> test2((a, b) -> a.compare(VectorOperators.GE, b));
            case LOGICAL_AND -> test2((a, b) -> a.compare(VectorOperators.NE, 0).and(b.compare(VectorOperators.NE, 0)));
            case LOGICAL_OR -> test2((a, b) -> a.or(b).compare(VectorOperators.NE, 0));
            default -> null;
        };
    }

    /** The same for uint64. */
    static @Nullable BinaryLoop unsigned(BinaryOp op) {
        return switch (op) {
            case LESS -> test2((a, b) -> a.compare(VectorOperators.ULT, b));
            case LESS_EQUAL -> test2((a, b) -> a.compare(VectorOperators.ULE, b));
            case GREATER -> test2((a, b) -> a.compare(VectorOperators.UGT, b));
            case GREATER_EQUAL -> test2((a, b) -> a.compare(VectorOperators.UGE, b));
            default -> binary(op);
        };
    }

    private static BinaryLoop test2(I64Templates.Relation fn) {
        return LoopTemplate.instantiate(LOOKUP, I64Templates.Test2.class, fn);
    }
}
