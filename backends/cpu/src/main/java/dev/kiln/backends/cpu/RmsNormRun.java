package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Work;
import dev.kiln.ops.RmsNorm;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A fused program that is one RMS norm and nothing else, over rows without gaps. A row comes from memory once; when it is
 * read again, to be scaled, it is still in the first-level cache.
 */
final class RmsNormRun implements SharedRun {

    private final RmsNormLoop loop;
    private final DType dtype;
    private final float eps;
    private final long rows;
    private final int columns;
    private final Optional<Work.Load> weight;

    private RmsNormRun(RmsNormLoop loop, RmsNorm norm, Work.Program program, Optional<Work.Load> weight) {
        this.loop = loop;
        this.weight = weight;
        dtype = program.dtype(program.stores().getFirst());
        eps = (float) norm.eps();
        columns = (int) program.columns();
        rows = program.space().size() / columns;
    }

    /** For {@code program}, if it is of that kind and there is a loop for its dtype and rows. */
    static Optional<SharedRun> of(Work.Program program) {
        int loads = program.loads().size();
        if (program.body().size() != 1 || !(program.body().getFirst().primitive() instanceof RmsNorm norm)
                || !program.stores().equals(List.of(loads)) || program.columns() % RmsNormLoop.COLUMNS != 0
                || program.space().size() == 0) {
            return Optional.empty();
        }
        List<Integer> arguments = program.body().getFirst().arguments();
        Work.Load x = program.loads().get(arguments.getFirst());
        Optional<Work.Load> weight = arguments.stream().skip(1).map(program.loads()::get).findFirst();
        boolean plain = arguments.equals(List.of(0)) || arguments.equals(List.of(0, 1));
        if (!plain || !x.layout().isContiguous(program.space())
                || weight.stream().anyMatch(w -> !Grid.sameInEachRow(program, w))) {
            return Optional.empty();
        }
        return Loops.get().rmsNorm(x.dtype()).map(loop -> new RmsNormRun(loop, norm, program, weight));
    }

    @Override
    public long pieces() {
        return rows;
    }

    @Override
    public void run(long[] addresses, long start, long end) {
        Block block = Block.lend(Collections.nCopies(2, Lane.of(dtype)), columns, 0);
        Reg weights = block.register(0);
        weight.ifPresentOrElse(load -> Loops.get().load(load.dtype()).run(weights, 0, addresses[1],
                load.layout().stride(-1) * load.dtype().size(), columns),
                () -> Arrays.fill(weights.f(), 0, columns, 1));
        long first = start * columns * dtype.size();
        loop.run(addresses[0] + first, addresses[addresses.length - 1] + first, end - start, weights,
                block.register(1), columns, eps);
        block.giveBack();
    }
}
