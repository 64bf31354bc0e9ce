package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.Reduce;
import dev.kiln.streams.Stream;
import java.util.function.Supplier;

/**
 * Folds many results at once where they, and not the elements of one, lie next to each other: a row of elements into a row
 * of results. Rows are added pairwise, halves of halves, so that sums of many rows stay accurate.
 */
final class FoldAcross implements Kernel {

    /** Results that are folded at once; rows come from memory in stretches of as many elements. */
    private static final int WIDTH = 4096;
    /** Where there are few tiles the rows are shared; into how many parts must not depend on the machine. */
    private static final int PARTS = 8;
    private static final double BYTES_WORTH_A_PART = 256 << 10;
    private static final long LEAST_ROWS_IN_A_PART = 16;

    private final Walk starts;
    private final Walk rows;
    private final long width;
    private final long pieces;
    private final long tiles;
    private final int parts;
    private final long rowCount;
    private final Folded finish;
    private final BinaryLoop combine;
    private final UnaryLoop copy;
    private final Supplier<RowsAcross> maker;
    private final int tasks;

    FoldAcross(Reduce.Op op, Axes axes, DType out) {
        DType dtype = axes.dtype();
        starts = axes.starts();
        rows = Walk.of(axes.folded(), axes.foldedLayout(), dtype.size());
        width = starts.dims[starts.rank() - 1];
        pieces = Math.ceilDiv(width, WIDTH);
        tiles = axes.kept().size() / width * pieces;
        rowCount = axes.folded().size();
        double worth = Math.min(axes.bytes() / BYTES_WORTH_A_PART, (double) rowCount / LEAST_ROWS_IN_A_PART);
        parts = tiles < PARTS ? Math.clamp((long) worth, 1, PARTS) : 1;
        finish = Folded.of(op, rowCount, out);
        BinaryOp combining = combining(op);
        combine = Loops.get().binary(combining, out);
        copy = Loops.get().convert(out, out);
        maker = RowsAcross.maker(combining, dtype, out, starts.steps[starts.rank() - 1],
                RowsAcross.levels(rowCount), (int) Math.min(width, WIDTH));
        tasks = Tasks.count(tiles * parts, axes.bytes());
    }

    /** Whether neighbouring results are nearer to each other in memory than the elements of one. */
    static boolean serves(Axes axes) {
        if (axes.kept().size() == 0 || axes.folded().size() == 0) {
            return false;
        }
        Walk starts = axes.starts();
        Walk rows = Walk.of(axes.folded(), axes.foldedLayout(), axes.dtype().size());
        return starts.dims[starts.rank() - 1] > 1
                && Math.abs(starts.steps[starts.rank() - 1]) < Math.abs(rows.steps[rows.rank() - 1]);
    }

    private static BinaryOp combining(Reduce.Op op) {
        return switch (op) {
            case SUM, MEAN -> BinaryOp.ADD;
            case PROD -> BinaryOp.MULTIPLY;
            case MAX -> BinaryOp.MAXIMUM;
            case MIN -> BinaryOp.MINIMUM;
            case ALL -> BinaryOp.LOGICAL_AND;
            case ANY -> BinaryOp.LOGICAL_OR;
            case LOGSUMEXP -> BinaryOp.LOGADDEXP;
            case ARGMAX, ARGMIN -> throw new IllegalArgumentException("Positions are found along rows: " + op);
        };
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        if (parts == 1) {
            Tasks.run(tiles, tasks, (start, end) -> {
                RowsAcross folder = maker.get();
                for (long tile = start; tile < end; tile++) {
                    Reg folded = folder.fold(addresses[0] + from(tile), rows, 0, rowCount, width(tile));
                    finish.store(folded, width(tile), finish.address(addresses[1], result(tile)));
                }
                folder.giveBack();
            });
        } else {
            launchParts(addresses);
        }
    }

    private void launchParts(long[] addresses) {
        Reg[] folded = new Reg[(int) tiles * parts];
        Tasks.run(folded.length, tasks, (start, end) -> {
            RowsAcross folder = maker.get();
            for (int unit = (int) start; unit < end; unit++) {
                int tile = unit / parts;
                long first = Tasks.start(rowCount, parts, unit % parts);
                Reg numbers = folder.fold(addresses[0] + from(tile), rows, first,
                        Tasks.start(rowCount, parts, unit % parts + 1) - first, width(tile));
                folded[unit] = new Reg(numbers.lane(), width(tile));
                copy.run(folded[unit], numbers, width(tile));
            }
            folder.giveBack();
        });
        for (int tile = 0; tile < tiles; tile++) {
            Reg all = folded[tile * parts];
            for (int part = 1; part < parts; part++) {
                combine.run(all, all, folded[tile * parts + part], width(tile));
            }
            finish.store(all, width(tile), finish.address(addresses[1], result(tile)));
        }
    }

    /** The first result of a tile. */
    private long result(long tile) {
        return tile / pieces * width + tile % pieces * WIDTH;
    }

    private long from(long tile) {
        return starts.offset(result(tile));
    }

    private int width(long tile) {
        return (int) Math.min(WIDTH, width - tile % pieces * WIDTH);
    }
}
