package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.ops.Reduce;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;
import java.util.List;

/** Finds where along the folded axes the first of the largest or smallest elements is, block by block. */
final class FindAlong implements Kernel {

    private static final int BLOCK = 4096;
    /** So many elements of one result are shared between threads. */
    private static final long LARGE = 1 << 18;

    private final Walk starts;
    private final StridedRead read;
    private final long results;
    private final long folded;
    private final int blocks;
    private final RowFold find;
    private final StoreLoop store;
    private final DType out;
    private final List<Lane> lanes;
    private final int tasks;

    FindAlong(Reduce.Op op, Axes axes, DType out) {
        this.out = out;
        starts = axes.starts();
        read = axes.read();
        results = axes.kept().size();
        folded = axes.folded().size();
        blocks = Math.toIntExact(Math.max(1, Math.ceilDiv(folded, BLOCK)));
        find = RowFolds.of(op, axes.dtype());
        store = Loops.get().store(out);
        lanes = List.of(Lane.of(axes.dtype()), Lane.I64);
        tasks = Tasks.count(folded >= LARGE ? blocks : results, axes.bytes());
    }

    /** For each block where in it the best element is, as its number among all, and that element. */
    private record Candidates(Reg positions, Reg elements) {}

    @Override
    public void launch(Stream stream, long[] addresses) {
        if (folded >= LARGE) {
            Candidates candidates = candidates();
            for (long result = 0; result < results; result++) {
                long from = addresses[0] + starts.offset(result);
                Workers.shared().run(tasks, task -> {
                    Block block = Block.lend(lanes, BLOCK, read.rank());
                    findInBlocks(block, from, (int) Tasks.start(blocks, tasks, task),
                            (int) Tasks.start(blocks, tasks, task + 1), candidates);
                    block.giveBack();
                });
                choose(candidates, addresses[1] + result * out.size());
            }
        } else {
            Workers.shared().run(tasks, task -> findEach(addresses, Tasks.start(results, tasks, task),
                    Tasks.start(results, tasks, task + 1)));
        }
    }

    private Candidates candidates() {
        return new Candidates(new Reg(Lane.I64, blocks), new Reg(lanes.getFirst(), blocks));
    }

    private void findEach(long[] addresses, long start, long end) {
        Block block = Block.lend(lanes, BLOCK, read.rank());
        Candidates candidates = candidates();
        for (long result = start; result < end; result++) {
            findInBlocks(block, addresses[0] + starts.offset(result), 0, blocks, candidates);
            choose(candidates, addresses[1] + result * out.size());
        }
        block.giveBack();
    }

    private void findInBlocks(Block block, long address, int start, int end, Candidates candidates) {
        Reg elements = block.register(0);
        for (int i = start; i < end; i++) {
            long first = (long) i * BLOCK;
            int n = (int) Math.min(BLOCK, folded - first);
            read.read(elements, address, first, n, block.index);
            find.run(candidates.positions, i, elements, 0, n);
            int found = (int) candidates.positions.l()[i];
            candidates.positions.l()[i] += first;
            switch (elements.lane()) {
                case F32 -> candidates.elements.f()[i] = elements.f()[found];
                case F64 -> candidates.elements.d()[i] = elements.d()[found];
                case I64 -> candidates.elements.l()[i] = elements.l()[found];
                case C64 -> throw new IllegalStateException("Complex numbers have no order.");
            }
        }
    }

    private void choose(Candidates candidates, long to) {
        Reg best = new Reg(Lane.I64, 1);
        find.run(best, 0, candidates.elements, 0, blocks);
        best.l()[0] = candidates.positions.l()[(int) best.l()[0]];
        store.run(best, 0, to, 1);
    }
}
