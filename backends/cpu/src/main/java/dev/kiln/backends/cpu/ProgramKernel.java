package dev.kiln.backends.cpu;

import dev.kiln.graph.Kernel;
import dev.kiln.graph.Work;
import dev.kiln.streams.Stream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs a fused program: by loops that are shared, so nothing has to be compiled for it, until {@link Generated} code has become
 * the faster way. A norm alone has loops of its own, and so has a copy; no code is generated for them.
 */
final class ProgramKernel implements Kernel {

    private final SharedRun shared;
    private final int tasks;
    /** Elements in a piece, on the average. */
    private final double elements;
    private final @Nullable Hot hot;

    /** How the program is run once there is code for it. */
    private record Hot(RowGrid rows, Formula formula, Generated generated, int tasks) {
        static Optional<Hot> of(Work.Program program, double bytes) {
            return RowGrid.of(program).flatMap(rows -> Formula.of(program)
                    .map(formula -> new Hot(rows, formula, Generated.of(formula, rows.piece()),
                            Tasks.count(rows.pieces(), bytes))));
        }

        /** How it is run before, if loops from memory to memory do. */
        Optional<SharedRun> composed() {
            return rows.piece() < Composed.PIECE
                    ? Optional.empty()
                    : Composer.compose(formula).map(code -> new RowRun(rows, code));
        }
    }

    /** Runs code by rows. */
    private record RowRun(RowGrid rows, Generated.Code code) implements SharedRun {
        @Override
        public long pieces() {
            return rows.pieces();
        }

        @Override
        public void run(long[] addresses, long start, long end) {
            rows.run(code, addresses, start, end);
        }
    }

    private ProgramKernel(Work.Program program) {
        double bytes = cost(program);
        Optional<SharedRun> own = RmsNormRun.of(program).or(() -> CopyRun.of(program));
        hot = own.isPresent() ? null : Hot.of(program, bytes).orElse(null);
        shared = own.or(() -> Optional.ofNullable(hot).flatMap(Hot::composed)).orElseGet(() -> new BlockRun(program));
        tasks = Tasks.count(shared.pieces(), bytes);
        elements = (double) program.space().size() / Math.max(1, shared.pieces());
    }

    static Kernel of(Work.Program program) {
        return new ProgramKernel(program);
    }

    /** About how many bytes move, an instruction counting as much as a load of a float. */
    private static double cost(Work.Program program) {
        long bytes = (long) Float.BYTES * program.body().size();
        for (Work.Load load : program.loads()) {
            bytes += load.dtype().size();
        }
        for (int store : program.stores()) {
            bytes += program.dtype(store).size();
        }
        return (double) bytes * program.space().size();
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        if (hot == null) {
            Tasks.run(shared.pieces(), tasks, (start, end) -> shared.run(addresses, start, end));
            return;
        }
        Generated.Code code = hot.generated.code();
        if (code == null) {
            Tasks.run(shared.pieces(), tasks, (start, end) -> timed(hot.generated, addresses, start, end));
            if (hot.generated.becomesHot((long) (shared.pieces() * elements))) {
                hot.generated.begin(hot.rows.piece());
            }
        } else {
            Tasks.run(hot.rows.pieces(), hot.tasks, (start, end) -> hot.rows.run(code, addresses, start, end));
        }
    }

    private void timed(Generated generated, long[] addresses, long start, long end) {
        long begin = System.nanoTime();
        shared.run(addresses, start, end);
        generated.took((long) ((end - start) * elements), System.nanoTime() - begin);
    }
}
