package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.ops.Reduce;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;
import java.util.List;

/**
 * Folds the elements of one result after the other. They are read in blocks, each of which is folded to one number, and
 * these numbers likewise: the error of a sum stays small however many elements there are, and the result does not depend
 * on the number of threads.
 */
final class FoldAlong implements Kernel {

    private static final int BLOCK = 4096;
    /** So many elements of one result are shared between threads. */
    private static final long LARGE = 1 << 18;

    private final Walk starts;
    private final StridedRead read;
    private final long results;
    private final long folded;
    private final int blocks;
    private final RowFold fold;
    private final RowFold again;
    private final Folded finish;
    private final List<Lane> lanes;
    private final int tasks;

    FoldAlong(Reduce.Op op, Axes axes, DType out) {
        starts = axes.starts();
        read = axes.read();
        results = axes.kept().size();
        folded = axes.folded().size();
        blocks = Math.toIntExact(Math.max(1, Math.ceilDiv(folded, BLOCK)));
        finish = Folded.of(op, folded, out);
        fold = RowFolds.of(finish.op(), axes.dtype());
        again = RowFolds.of(finish.op(), finish.dtype());
        lanes = List.of(Lane.of(axes.dtype()), Lane.of(finish.dtype()), Lane.of(finish.dtype()));
        tasks = Tasks.count(folded >= LARGE ? blocks : results, axes.bytes());
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        if (folded >= LARGE) {
            for (long result = 0; result < results; result++) {
                foldLarge(addresses[0] + starts.offset(result), finish.address(addresses[1], result));
            }
        } else {
            Workers.shared().run(tasks, task -> foldEach(addresses, Tasks.start(results, tasks, task),
                    Tasks.start(results, tasks, task + 1)));
        }
    }

    private void foldEach(long[] addresses, long start, long end) {
        Block block = Block.lend(lanes, BLOCK, read.rank());
        Reg numbers = block.register(1);
        Reg values = block.register(2);
        for (long first = start; first < end; first += BLOCK) {
            int n = (int) Math.min(BLOCK, end - first);
            for (int i = 0; i < n; i++) {
                foldBlocks(block, addresses[0] + starts.offset(first + i), 0, blocks, numbers);
                again.run(values, i, numbers, 0, blocks);
            }
            finish.store(values, n, finish.address(addresses[1], first));
        }
        block.giveBack();
    }

    private void foldLarge(long from, long to) {
        Reg numbers = new Reg(lanes.get(1), blocks);
        Workers.shared().run(tasks, task -> {
            Block block = Block.lend(lanes, BLOCK, read.rank());
            foldBlocks(block, from, (int) Tasks.start(blocks, tasks, task),
                    (int) Tasks.start(blocks, tasks, task + 1), numbers);
            block.giveBack();
        });
        int count = blocks;
        while (count > 1) {
            int fewer = Math.ceilDiv(count, BLOCK);
            for (int i = 0; i < fewer; i++) {
                again.run(numbers, i, numbers, i * BLOCK, Math.min(BLOCK, count - i * BLOCK));
            }
            count = fewer;
        }
        finish.store(numbers, 1, to);
    }

    private void foldBlocks(Block block, long address, int start, int end, Reg numbers) {
        Reg elements = block.register(0);
        for (int i = start; i < end; i++) {
            long first = (long) i * BLOCK;
            int n = (int) Math.min(BLOCK, folded - first);
            read.read(elements, address, first, n, block.index);
            fold.run(numbers, i, elements, 0, n);
        }
    }
}
