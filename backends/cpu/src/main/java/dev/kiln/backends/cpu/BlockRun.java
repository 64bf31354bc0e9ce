package dev.kiln.backends.cpu;

import dev.kiln.graph.Work;

/**
 * Runs any program block by block, instruction by instruction: what passes from one to the next stays in the first-level cache,
 * and memory is read and written once.
 */
final class BlockRun implements SharedRun {

    private final Grid grid;
    private final Assembler.Assembly assembly;

    BlockRun(Work.Program program) {
        grid = Grid.of(program);
        assembly = Assembler.assemble(program, grid);
    }

    @Override
    public long pieces() {
        return grid.blocks();
    }

    @Override
    public void run(long[] addresses, long start, long end) {
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
