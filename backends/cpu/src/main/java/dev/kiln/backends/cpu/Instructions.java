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

    private record Row<P extends Primitive>(Class<P> type, Serves<P> serves, Maker<P> maker,
            Formula.Writer<P> writer) {
        boolean has(Primitive primitive, List<Spec> in) {
            return serves.test(type.cast(primitive), in);
        }

        Operation make(Primitive primitive, List<DType> in, DType out) {
            return maker.make(type.cast(primitive), in, out);
        }

        int write(Primitive primitive, List<DType> in, DType out, Formula.Text text, int[] arguments) {
            return writer.write(type.cast(primitive), in, out, text, arguments);
        }
    }

    private static final Loops LOOPS = Loops.get();
    private static final Map<Class<?>, Row<?>> ROWS = new HashMap<>();

    static {
        row(Unary.class, (p, in) -> LOOPS.has(p.op(), in.getFirst().dtype()), Instructions::unary,
                (p, in, out, text, a) -> text.rounded(out, text.apply(p.op().toString(), a)));
        row(Binary.class, (p, in) -> LOOPS.has(p.op(), in.getFirst().dtype()), Instructions::binary,
                (p, in, out, text, a) -> text.rounded(out, text.apply(p.op().toString(), a)));
        row(Select.class, (p, in) -> true, Instructions::select, (p, in, out, text, a) -> text.apply("where", a));
        row(Cast.class, (p, in) -> true, Instructions::cast, Instructions::writeCast);
        row(LayerNorm.class, (p, in) -> rowsFit(in, LONGEST_ROW), LayerNormRows::of, LayerNormRows::write);
        row(RmsNorm.class, (p, in) -> rowsFit(in, LONGEST_ROW), RmsNormRows::of, RmsNormRows::write);
        row(LayerNormVjp.class, (p, in) -> rowsFit(in, LONGEST_ROW), NormVjpRows::of, NormVjpRows::write);
        row(RmsNormVjp.class, (p, in) -> rowsFit(in, LONGEST_ROW), NormVjpRows::of, NormVjpRows::write);
        row(Softmax.class, (p, in) -> in.getFirst().dtype().isFloating() && rowsFit(in, LONGEST_ROW), SoftmaxRows::of,
                SoftmaxRows::write);
        row(Reduce.class, (p, in) -> p.foldsRows(in.getFirst().shape().rank()) && rowsFit(in, LONGEST_FOLDED_ROW)
                && RowFolds.has(p.op(), in.getFirst().dtype()), RowFolds::operation, RowFolds::write);
    }

    private Instructions() {}

    private static <P extends Primitive> void row(Class<P> type, Serves<P> serves, Maker<P> maker,
            Formula.Writer<P> writer) {
        ROWS.put(type, new Row<>(type, serves, maker, writer));
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
        return row(primitive).make(primitive, in, out);
    }

    /** Writes such an instruction into a formula; the number of its term. */
    static int write(Primitive primitive, List<DType> in, DType out, Formula.Text text, int[] arguments) {
        return row(primitive).write(primitive, in, out, text, arguments);
    }

    private static Row<?> row(Primitive primitive) {
        Row<?> row = ROWS.get(primitive.getClass());
        if (row == null) {
            throw new IllegalArgumentException("[" + primitive.name() + "] is no instruction of the CPU backend.");
        }
        return row;
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

    private static int writeCast(Cast cast, List<DType> in, DType out, Formula.Text text, int[] arguments) {
        if (out == DType.BOOL) {
            return in.getFirst() == DType.BOOL ? arguments[0] : text.apply("to_bool", arguments);
        }
        return in.getFirst() == DType.BOOL
                ? text.apply("from_bool", arguments)
                : text.rounded(out, arguments[0]);
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
