package dev.kiln.backends.cpu;

import dev.kiln.graph.Kernel;
import dev.kiln.graph.Work;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;

/**
 * Runs a fused program block by block through shared loops: what passes from instruction to instruction stays in the
 * first-level cache, and memory is read and written once. Nothing has to be compiled for a program.
 */
final class ProgramKernel implements Kernel {

    private final Grid grid;
    private final Assembler.Assembly assembly;
    private final int tasks;

    private ProgramKernel(Work.Program program) {
        grid = Grid.of(program);
        assembly = Assembler.assemble(program, grid);
        tasks = Tasks.count(grid.blocks(), cost(program));
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
        long blocks = grid.blocks();
        if (tasks <= 1) {
            run(addresses, 0, blocks);
        } else {
            Workers.shared().run(tasks,
                    task -> run(addresses, Tasks.start(blocks, tasks, task), Tasks.start(blocks, tasks, task + 1)));
        }
    }

    private void run(long[] addresses, long start, long end) {
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
    }
}
