package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.Attention;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;
import java.util.List;

/**
 * Attention block by block with a running softmax (Milakov and Gimelshein 2018, arXiv:1805.02867; Dao et al. 2022,
 * arXiv:2205.14135): for a block of queries, blocks of keys and values pass through the cache once. All queries that share
 * keys are in the same block, so decoding reads the key-value cache once, in place, at the speed of memory.
 */
final class AttentionKernel implements Kernel {

    private static final int MOST_ROWS = 32;
    /** From so many rows on, a vector is filled by the scores of one key. */
    private static final int FEW = TileLoops.PADDING;

    private final AttentionShape shape;
    private final AttentionOfHead rows;
    private final int rowsPerBlock;
    private final long blocksPerHead;
    private final int tasks;

    private AttentionKernel(Attention attention, Work.Single work) {
        shape = AttentionShape.of(work);
        rowsPerBlock = (int) Math.min(MOST_ROWS, Math.max(1, shape.rows()));
        blocksPerHead = Math.ceilDiv(shape.rows(), rowsPerBlock);
        rows = shape.rows() < FEW
                ? new AttentionOfFew(attention, shape, work)
                : new AttentionRows(attention, shape, work, rowsPerBlock);
        double bytes = (double) work.output().dtype().size() * shape.keys() * (shape.depth() + shape.width());
        double perBlock = bytes * (1 + rowsPerBlock / 4.0);
        tasks = Tasks.count(units(), perBlock * units());
    }

    /** Whether this computes in the dtype's precision. */
    static boolean serves(Attention attention, List<Spec> inputs, Spec output) {
        return output.dtype() != DType.FLOAT64;
    }

    static Kernel of(Attention attention, Work.Single work) {
        return new AttentionKernel(attention, work);
    }

    private long units() {
        return shape.batch() * shape.heads() * blocksPerHead;
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        Workers.shared().run(tasks, task -> {
            Block block = Block.lend(rows.registers(), rows.capacity(), 0);
            long end = Tasks.start(units(), tasks, task + 1);
            for (long unit = Tasks.start(units(), tasks, task); unit < end; unit++) {
                long head = unit / blocksPerHead;
                long first = unit % blocksPerHead * rowsPerBlock;
                int count = (int) Math.min(rowsPerBlock, shape.rows() - first);
                rows.attend(block, addresses, head / shape.heads(), head % shape.heads(), first, count);
            }
            block.giveBack();
        });
    }
}
