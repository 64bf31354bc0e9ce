package dev.kiln.backends.cpu;

import dev.kiln.graph.Kernel;
import dev.kiln.graph.Work;
import dev.kiln.streams.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a fused program block by block through shared loops: what passes from instruction to instruction stays in the
 * first-level cache, and memory is read and written once. Nothing has to be compiled for a program. Where it has run often,
 * {@link Generated} code takes over.
 */
final class ProgramKernel implements Kernel {

    private final Grid grid;
    private final Assembler.Assembly assembly;
    private final int tasks;
    private final @Nullable RowGrid rows;
    private final @Nullable Generated generated;
    private final int codeTasks;

    private ProgramKernel(Work.Program program) {
        grid = Grid.of(program);
        assembly = Assembler.assemble(program, grid);
        tasks = Tasks.count(grid.blocks(), cost(program));
        rows = RowGrid.of(program).orElse(null);
        generated = rows == null ? null : Formula.of(program).map(Generated::of).orElse(null);
        codeTasks = rows == null ? 1 : Tasks.count(rows.pieces(), cost(program));
    }

    static Kernel of(Work.Program program) {
        return RmsNormKernel.of(program).orElseGet(() -> new ProgramKernel(program));
    }

    /** About how many bytes move, an instruction counting as much as a load of a float. */
    private double cost(Work.Program program) {
        long bytes = (long) Float.BYTES * program.body().size();
        for (Work.Load load : program.loads()) {
            bytes += load.dtype().size();
        }
        for (int store : program.stores()) {
            bytes += program.dtype(store).size();
        }
        return (double) bytes * grid.rows() * grid.columns();
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        Generated.Code code = generated == null ? null : generated.code();
        if (code != null && rows != null) {
            RowGrid by = rows;
            Tasks.run(by.pieces(), codeTasks, (start, end) -> by.run(code, addresses, start, end));
        } else {
            Tasks.run(grid.blocks(), tasks, (start, end) -> run(addresses, start, end));
        }
    }

    private void run(long[] addresses, long start, long end) {
        long begin = generated == null ? 0 : System.nanoTime();
        Block block = Block.lend(assembly.registers(), grid.capacity(), assembly.rank());
        grid.place(block, 0);
        for (Step step : assembly.prologue()) {
            step.run(block, addresses);
        }
        for (long number = start; number < end; number++) {
            grid.place(block, number);
            for (int i = 0; i < assembly.body().size(); i++) {
                assembly.body().get(i).run(block, addresses);
            }
        }
        block.giveBack();
        if (generated != null && rows != null) {
            long elements = Math.min((end - start) * grid.blockRows() * grid.blockColumns(),
                    grid.rows() * grid.columns());
            generated.count(Math.max(1, elements), System.nanoTime() - begin, rows.piece());
        }
    }
}
