package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.Reduce;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Folds many results at once where they, and not the elements of one, lie next to each other: a row of elements into a row
 * of results. Rows are added pairwise, halves of halves, so that sums of many rows stay accurate.
 */
final class FoldAcross implements Kernel {

    /** Results that are folded at once. */
    private static final int WIDTH = 1024;
    private static final int LEAF_ROWS = 64;
    /** Where there are few results the rows are shared; into how many parts must not depend on the machine. */
    private static final int PARTS = 8;
    private static final long ROWS_WORTH_PARTS = 4096;

    /** The registers: a row as it is read, a row as it is combined, and the results of each level of halving. */
    private static final int READ = 0;
    private static final int ROW = 1;
    private static final int LEVEL = 2;

    private final Walk starts;
    private final Walk rows;
    private final LoadLoop load;
    private final long width;
    private final long pieces;
    private final long tiles;
    private final int parts;
    private final long step;
    private final long rowCount;
    private final Folded finish;
    private final UnaryLoop convert;
    private final boolean converts;
    private final UnaryLoop copy;
    private final BinaryLoop combine;
    private final List<Lane> lanes;
    private final int tasks;

    FoldAcross(Reduce.Op op, Axes axes, DType out) {
        DType dtype = axes.dtype();
        starts = axes.starts();
        rows = Walk.of(axes.folded(), axes.foldedLayout(), dtype.size());
        load = Loops.get().load(dtype);
        width = starts.dims[starts.rank() - 1];
        step = starts.steps[starts.rank() - 1];
        pieces = Math.ceilDiv(width, WIDTH);
        tiles = axes.kept().size() / width * pieces;
        rowCount = axes.folded().size();
        parts = tiles < PARTS && rowCount >= ROWS_WORTH_PARTS ? PARTS : 1;
        finish = Folded.of(op, rowCount, out);
        convert = Loops.get().convert(dtype, out);
        converts = out == DType.BOOL;
        copy = Loops.get().convert(out, out);
        combine = Loops.get().binary(combining(op), out);
        int levels = Long.SIZE - Long.numberOfLeadingZeros(rowCount / LEAF_ROWS) + 1;
        lanes = new ArrayList<>(Collections.nCopies(LEVEL + levels, Lane.of(out)));
        lanes.set(READ, Lane.of(dtype));
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
            Workers.shared().run(tasks, task -> {
                Block block = Block.lend(lanes, WIDTH, 0);
                for (long tile = Tasks.start(tiles, tasks, task); tile < Tasks.start(tiles, tasks, task + 1); tile++) {
                    fold(block, addresses[0] + from(tile), width(tile), 0, rowCount, LEVEL);
                    finish.store(block.register(LEVEL), width(tile), finish.address(addresses[1], result(tile)));
                }
                block.giveBack();
            });
        } else {
            launchParts(addresses);
        }
    }

    private void launchParts(long[] addresses) {
        Reg[] folded = new Reg[(int) tiles * parts];
        Workers.shared().run(tasks, task -> {
            Block block = Block.lend(lanes, WIDTH, 0);
            int end = (int) Tasks.start(folded.length, tasks, task + 1);
            for (int unit = (int) Tasks.start(folded.length, tasks, task); unit < end; unit++) {
                int tile = unit / parts;
                long first = Tasks.start(rowCount, parts, unit % parts);
                fold(block, addresses[0] + from(tile), width(tile), first,
                        Tasks.start(rowCount, parts, unit % parts + 1) - first, LEVEL);
                folded[unit] = new Reg(block.register(LEVEL).lane(), width(tile));
                copy.run(folded[unit], block.register(LEVEL), width(tile));
            }
            block.giveBack();
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

    private void fold(Block block, long address, int n, long first, long count, int level) {
        Reg result = block.register(level);
        if (count > LEAF_ROWS) {
            long half = count / 2;
            fold(block, address, n, first, half, level);
            fold(block, address, n, first + half, count - half, level + 1);
            combine.run(result, result, block.register(level + 1), n);
            return;
        }
        read(block, result, address + rows.offset(first), n);
        Reg row = block.register(ROW);
        for (long i = first + 1; i < first + count; i++) {
            read(block, row, address + rows.offset(i), n);
            combine.run(result, result, row, n);
        }
    }

    private void read(Block block, Reg out, long address, int n) {
        if (converts) {
            load.run(block.register(READ), 0, address, step, n);
            convert.run(out, block.register(READ), n);
        } else {
            load.run(out, 0, address, step, n);
        }
    }
}
