package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.AttentionVjp;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;
import java.util.List;

/**
 * The gradient of an attention by queries, keys or values. A task computes that of a block of queries, or, since every query adds
 * to the gradients of keys and values, of all keys of a head.
 */
final class AttentionVjpKernel implements Kernel {

    private static final int MOST_ROWS = 32;

    private final AttentionVjp primitive;
    private final AttentionShape shape;
    private final AttentionVjpRows rows;
    private final int rowsPerBlock;
    private final long blocksPerHead;
    private final UnaryLoop round;
    private final StoreLoop store;
    private final int size;
    private final int tasks;

    AttentionVjpKernel(AttentionVjp primitive, Work.Single work) {
        this.primitive = primitive;
        shape = AttentionShape.of(work);
        DType dtype = work.output().dtype();
        round = Loops.get().round(dtype);
        store = Loops.get().store(dtype);
        size = dtype.size();
        rowsPerBlock = Math.clamp(shape.rows(), 1, MOST_ROWS);
        blocksPerHead = Math.ceilDiv(shape.rows(), rowsPerBlock);
        rows = new AttentionVjpRows(primitive, shape, work, rowsPerBlock);
        double bytes = (double) size * shape.keys() * (shape.depth() + shape.width()) * (1 + rowsPerBlock / 4.0);
        tasks = Tasks.count(units(), bytes * shape.batch() * shape.heads() * blocksPerHead);
    }

    /** Whether this computes in the dtype's precision. */
    static boolean serves(AttentionVjp primitive, List<Spec> inputs, Spec output) {
        return output.dtype() != DType.FLOAT64;
    }

    private boolean byQuery() {
        return primitive.argument() == 0;
    }

    private long units() {
        return shape.batch() * shape.heads() * (byQuery() ? blocksPerHead : 1);
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        Workers.shared().run(tasks, task -> {
            Block block = Block.lend(AttentionVjpRows.REGISTERS, rows.capacity(), 0);
            long end = Tasks.start(units(), tasks, task + 1);
            for (long unit = Tasks.start(units(), tasks, task); unit < end; unit++) {
                if (byQuery()) {
                    queries(block, addresses, unit / blocksPerHead, unit % blocksPerHead * rowsPerBlock);
                } else {
                    keys(block, addresses, unit);
                }
            }
            block.giveBack();
        });
    }

    private int count(long first) {
        return (int) Math.min(rowsPerBlock, shape.rows() - first);
    }

    private void queries(Block block, long[] addresses, long head, long first) {
        long batch = head / shape.heads();
        int count = count(first);
        Reg result = rows.byQueries(block, addresses, batch, head % shape.heads(), first, count);
        int step = TileLoops.padded(shape.depth());
        round.run(result, result, count * step);
        for (int row = 0; row < count; row++) {
            long to = (batch * shape.heads() * shape.group() + shape.head(head % shape.heads(), first + row))
                    * shape.queries() + shape.position(first + row);
            store.run(result, row * step, addresses[addresses.length - 1] + to * shape.depth() * size, shape.depth());
        }
    }

    private void keys(Block block, long[] addresses, long head) {
        int columns = primitive.argument() == 1 ? shape.depth() : shape.width();
        int step = TileLoops.padded(columns);
        int keys = Math.toIntExact(shape.keys());
        Reg sums = new Reg(Lane.F32, Math.multiplyExact(keys, step));
        for (long first = 0; first < shape.rows(); first += rowsPerBlock) {
            rows.byKeys(block, addresses, head / shape.heads(), head % shape.heads(), first, count(first), sums.f());
        }
        round.run(sums, sums, keys * step);
        for (int key = 0; key < keys; key++) {
            store.run(sums, key * step, addresses[addresses.length - 1] + (head * keys + key) * columns * size,
                    columns);
        }
    }
}
