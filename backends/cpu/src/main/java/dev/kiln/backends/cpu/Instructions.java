package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.ops.Binary;
import dev.kiln.ops.Cast;
import dev.kiln.ops.LayerNorm;
import dev.kiln.ops.LayerNormVjp;
import dev.kiln.ops.Reduce;
import dev.kiln.ops.RmsNorm;
import dev.kiln.ops.RmsNormVjp;
import dev.kiln.ops.Select;
import dev.kiln.ops.Softmax;
import dev.kiln.ops.Unary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The primitives that can be instructions of a fused program: one row each. */
final class Instructions {

    /** A row-wise operation keeps whole rows in registers: longer ones are left to other kernels. */
    static final long LONGEST_ROW = 1 << 20;
    /** A reduction of longer rows is shared between threads by {@link ReduceKernel}. */
    static final long LONGEST_FOLDED_ROW = 1 << 16;

    /** Makes the operation for arguments and a result of these dtypes. */
    private interface Maker<P extends Primitive> {
        Operation make(P primitive, List<DType> in, DType out);
    }

    /** Whether there is an operation for these dtypes and shapes. */
    private interface Serves<P extends Primitive> {
        boolean test(P primitive, List<Spec> in);
    }

    private record Row<P extends Primitive>(Class<P> type, Serves<P> serves, Maker<P> maker) {
        boolean has(Primitive primitive, List<Spec> in) {
            return serves.test(type.cast(primitive), in);
        }

        Operation make(Primitive primitive, List<DType> in, DType out) {
            return maker.make(type.cast(primitive), in, out);
        }
    }

    private static final Loops LOOPS = Loops.get();
    private static final Map<Class<?>, Row<?>> ROWS = new HashMap<>();

    static {
        row(Unary.class, (p, in) -> LOOPS.has(p.op(), in.getFirst().dtype()), Instructions::unary);
        row(Binary.class, (p, in) -> LOOPS.has(p.op(), in.getFirst().dtype()), Instructions::binary);
        row(Select.class, (p, in) -> true, Instructions::select);
        row(Cast.class, (p, in) -> true, Instructions::cast);
        row(LayerNorm.class, (p, in) -> rowsFit(in, LONGEST_ROW), LayerNormRows::of);
        row(RmsNorm.class, (p, in) -> rowsFit(in, LONGEST_ROW), RmsNormRows::of);
        row(LayerNormVjp.class, (p, in) -> rowsFit(in, LONGEST_ROW), NormVjpRows::of);
        row(RmsNormVjp.class, (p, in) -> rowsFit(in, LONGEST_ROW), NormVjpRows::of);
        row(Softmax.class, (p, in) -> in.getFirst().dtype().isFloating() && rowsFit(in, LONGEST_ROW), SoftmaxRows::of);
        row(Reduce.class, (p, in) -> p.foldsRows(in.getFirst().shape().rank()) && rowsFit(in, LONGEST_FOLDED_ROW)
                && RowFolds.has(p.op(), in.getFirst().dtype()), RowFolds::operation);
    }

    private Instructions() {}

    private static <P extends Primitive> void row(Class<P> type, Serves<P> serves, Maker<P> maker) {
        ROWS.put(type, new Row<>(type, serves, maker));
    }

    private static boolean rowsFit(List<Spec> in, long longest) {
        return in.getFirst().shape().dim(-1) <= longest;
    }

    static boolean has(Primitive primitive, List<Spec> in) {
        Row<?> row = ROWS.get(primitive.getClass());
        return row != null && row.has(primitive, in);
    }

    /** The operation of an instruction that this {@linkplain #has has}. */
    static Operation of(Primitive primitive, List<DType> in, DType out) {
        Row<?> row = ROWS.get(primitive.getClass());
        if (row == null) {
            throw new IllegalArgumentException("[" + primitive.name() + "] is no instruction of the CPU backend.");
        }
        return row.make(primitive, in, out);
    }

    private static Operation unary(Unary unary, List<DType> in, DType out) {
        UnaryLoop loop = LOOPS.unary(unary.op(), in.getFirst());
        return rounded(out, (to, from, rows, columns) -> loop.run(to, from[0], rows * columns));
    }

    private static Operation binary(Binary binary, List<DType> in, DType out) {
        BinaryLoop loop = LOOPS.binary(binary.op(), in.getFirst());
        return rounded(out, (to, from, rows, columns) -> loop.run(to, from[0], from[1], rows * columns));
    }

    private static Operation select(Select select, List<DType> in, DType out) {
        SelectLoop loop = LOOPS.select(out);
        return (to, from, rows, columns) -> loop.run(to, from[0], from[1], from[2], rows * columns);
    }

    private static Operation cast(Cast cast, List<DType> in, DType out) {
        UnaryLoop loop = LOOPS.cast(in.getFirst(), out);
        return (to, from, rows, columns) -> loop.run(to, from[0], rows * columns);
    }

    /** Values between instructions are what they would be in memory, so that fusion does not change results. */
    private static Operation rounded(DType dtype, Operation operation) {
        if (!Loops.rounds(dtype)) {
            return operation;
        }
        UnaryLoop round = LOOPS.round(dtype);
        return (out, in, rows, columns) -> {
            operation.run(out, in, rows, columns);
            round.run(out, out, rows * columns);
        };
    }
}
