package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Work;
import dev.kiln.ops.RmsNorm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A fused program that is one RMS norm and nothing else, over rows without gaps. A row comes from memory once; when it is
 * read again, to be scaled, it is still in the first-level cache.
 */
final class RmsNormRun implements SharedRun {

    /** Rows and results that may lie in a cache are left to the first loop. */
    private static final long LARGE_BYTES = 8 << 20;

    private final Contest<RmsNormLoop> loops;
    private final DType dtype;
    private final float eps;
    private final long rows;
    private final int columns;
    /** Weights for a norm that has none. */
    private final @Nullable MemorySegment ones;

    private RmsNormRun(List<RmsNormLoop> loops, RmsNorm norm, Work.Program program) {
        dtype = program.dtype(program.stores().getFirst());
        eps = (float) norm.eps();
        columns = (int) program.columns();
        rows = program.space().size() / columns;
        boolean large = 2 * rows * columns * dtype.size() >= LARGE_BYTES;
        this.loops = new Contest<>(large ? loops : loops.subList(0, 1));
        ones = program.loads().size() == 1 ? ones(dtype, columns) : null;
    }

    private static MemorySegment ones(DType dtype, int columns) {
        Reg row = new Reg(Lane.F32, columns);
        Arrays.fill(row.f(), 1);
        MemorySegment ones = Arena.ofAuto().allocate((long) columns * dtype.size(), 64);
        Loops.get().store(dtype).run(row, 0, ones.address(), columns);
        return ones;
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
        Work.Load x = program.loads().getFirst();
        boolean plain = arguments.equals(List.of(0)) || arguments.equals(List.of(0, 1))
                && isRow(program, program.loads().get(1), x.dtype());
        if (!plain || !x.layout().isContiguous(program.space())) {
            return Optional.empty();
        }
        List<RmsNormLoop> loops = Loops.get().rmsNorm(x.dtype());
        return loops.isEmpty() ? Optional.empty() : Optional.of(new RmsNormRun(loops, norm, program));
    }

    /** Whether {@code load} is one row of {@code dtype} without gaps. */
    private static boolean isRow(Work.Program program, Work.Load load, DType dtype) {
        return load.dtype() == dtype && load.layout().stride(-1) == 1 && Grid.sameInEachRow(program, load);
    }

    @Override
    public long pieces() {
        return rows;
    }

    @Override
    public void run(long[] addresses, long start, long end) {
        long offset = start * columns * dtype.size();
        long x = addresses[0] + offset;
        long out = addresses[addresses.length - 1] + offset;
        long weight = ones == null ? addresses[1] : ones.address();
        loops.run(end - start, loop -> loop.run(x, out, end - start, weight, columns, eps));
    }
}
