package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.ops.Reduce;
import java.util.List;
import java.util.Locale;

/**
 * The folds of a row, by operation and dtype. Results are in the lane and not yet rounded to the dtype; the fold of several
 * folds of parts is the fold of the whole, but for means and positions.
 */
final class RowFolds {

    private RowFolds() {}

    /** Whether {@code op} folds rows of {@code dtype}. */
    static boolean has(Reduce.Op op, DType dtype) {
        return switch (op) {
            case SUM, PROD, ALL, ANY -> true;
            case MEAN -> !dtype.isIntegral();
            case MAX, MIN, ARGMAX, ARGMIN -> dtype != DType.COMPLEX64;
            case LOGSUMEXP -> dtype.isFloating();
        };
    }

    /** The reduction of each row of a block, rounded to {@code out}. */
    static Operation operation(Reduce reduce, List<DType> in, DType out) {
        RowFold fold = of(reduce.op(), in.getFirst());
        UnaryLoop round = Loops.get().round(out);
        boolean rounds = Loops.rounds(out);
        return (to, from, rows, columns) -> {
            for (int row = 0; row < rows; row++) {
                fold.run(to, row, from[0], row * columns, columns);
            }
            if (rounds) {
                round.run(to, to, rows);
            }
        };
    }

    static int write(Reduce reduce, List<DType> in, DType out, Formula.Text text, int[] arguments) {
        String name = reduce.op().name().toLowerCase(Locale.ROOT);
        int folded = reduce.op() == Reduce.Op.MEAN
                ? text.scalar("mean", text.fold("sum", arguments))
                : text.fold(name, arguments);
        return text.rounded(out, folded);
    }

    static RowFold of(Reduce.Op op, DType dtype) {
        Lane lane = Lane.of(dtype);
        return switch (op) {
            case ALL -> TruthRows.all(lane);
            case ANY -> TruthRows.any(lane);
            case ARGMAX, ARGMIN -> lane == Lane.I64
                    ? integers(op, Loops.get().integerRows(dtype))
                    : positions(op, Loops.get().floatRows(dtype));
            case SUM, MEAN, PROD, MAX, MIN, LOGSUMEXP -> switch (lane) {
                case F32 -> {
                    Along fold = floats(op, Loops.get().floatRows(dtype));
                    yield (out, to, x, at, columns) -> out.f()[to] = (float) fold.of(x, at, columns);
                }
                case F64 -> {
                    Along fold = floats(op, Loops.get().floatRows(dtype));
                    yield (out, to, x, at, columns) -> out.d()[to] = fold.of(x, at, columns);
                }
                case I64 -> integers(op, Loops.get().integerRows(dtype));
                case C64 -> complex(op);
            };
        };
    }

    /** A fold of floating-point numbers. */
    @FunctionalInterface
    private interface Along {
        double of(Reg x, int at, int columns);
    }

    private static Along floats(Reduce.Op op, FloatRows along) {
        return switch (op) {
            case SUM -> along::sum;
            case MEAN -> along::mean;
            case PROD -> along::product;
            case MAX -> along::max;
            case MIN -> along::min;
            case LOGSUMEXP -> along::logSumExp;
            case ARGMAX, ARGMIN, ALL, ANY -> throw missing(op, "floating-point");
        };
    }

    private static RowFold positions(Reduce.Op op, FloatRows along) {
        return op == Reduce.Op.ARGMAX
                ? (out, to, x, at, columns) -> out.l()[to] = along.argmax(x, at, columns)
                : (out, to, x, at, columns) -> out.l()[to] = along.argmin(x, at, columns);
    }

    private static RowFold integers(Reduce.Op op, IntegerRows along) {
        return switch (op) {
            case SUM -> (out, to, x, at, columns) -> out.l()[to] = along.sum(x, at, columns);
            case PROD -> (out, to, x, at, columns) -> out.l()[to] = along.product(x, at, columns);
            case MAX -> (out, to, x, at, columns) -> out.l()[to] = along.max(x, at, columns);
            case MIN -> (out, to, x, at, columns) -> out.l()[to] = along.min(x, at, columns);
            case ARGMAX -> (out, to, x, at, columns) -> out.l()[to] = along.argmax(x, at, columns);
            case ARGMIN -> (out, to, x, at, columns) -> out.l()[to] = along.argmin(x, at, columns);
            case MEAN, LOGSUMEXP, ALL, ANY -> throw missing(op, "integer");
        };
    }

    private static RowFold complex(Reduce.Op op) {
        return switch (op) {
            case SUM -> (out, to, x, at, columns) -> ComplexRows.sum(out, to, x, at, columns, 1);
            case MEAN -> (out, to, x, at, columns) -> ComplexRows.sum(out, to, x, at, columns, columns);
            case PROD -> ComplexRows::product;
            case MAX, MIN, LOGSUMEXP, ARGMAX, ARGMIN, ALL, ANY -> throw missing(op, "complex");
        };
    }

    private static IllegalArgumentException missing(Reduce.Op op, String rows) {
        return new IllegalArgumentException("No fold " + op + " of " + rows + " rows.");
    }
}
