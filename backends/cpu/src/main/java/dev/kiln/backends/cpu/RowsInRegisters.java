package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.ops.BinaryOp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/** Rows of any dtype and step, each loaded into a register and then combined. */
final class RowsInRegisters implements RowsAcross {

    /** The registers: a row as it is read, a row as it is combined, and the numbers of each level. */
    private static final int READ = 0;
    private static final int ROW = 1;
    private static final int LEVEL = 2;

    private final Plan plan;
    private final Block block;

    /** What is the same for all threads; {@code convert} is the identity for dtypes that are folded as they are. */
    private record Plan(LoadLoop load, long step, boolean converts, UnaryLoop convert, BinaryLoop combine,
            List<Lane> lanes, int width) {}

    private RowsInRegisters(Plan plan) {
        this.plan = plan;
        block = Block.lend(plan.lanes, plan.width, 0);
    }

    static Supplier<RowsAcross> maker(BinaryOp combining, DType from, DType to, long step, int levels, int width) {
        Loops loops = Loops.get();
        List<Lane> lanes = new ArrayList<>(Collections.nCopies(LEVEL + levels, Lane.of(to)));
        lanes.set(READ, Lane.of(from));
        Plan plan = new Plan(loops.load(from), step, to == DType.BOOL, loops.convert(from, to),
                loops.binary(combining, to), lanes, width);
        return () -> new RowsInRegisters(plan);
    }

    @Override
    public void leaf(int level, long address, Walk rows, long first, long count, int n) {
        Reg result = block.register(LEVEL + level);
        read(result, address + rows.offset(first), n);
        Reg row = block.register(ROW);
        for (long i = first + 1; i < first + count; i++) {
            read(row, address + rows.offset(i), n);
            plan.combine.run(result, result, row, n);
        }
    }

    private void read(Reg out, long address, int n) {
        if (plan.converts) {
            plan.load.run(block.register(READ), 0, address, plan.step, n);
            plan.convert.run(out, block.register(READ), n);
        } else {
            plan.load.run(out, 0, address, plan.step, n);
        }
    }

    @Override
    public void join(int level, int n) {
        Reg result = block.register(LEVEL + level);
        plan.combine.run(result, result, block.register(LEVEL + level + 1), n);
    }

    @Override
    public Reg result(int n) {
        return block.register(LEVEL);
    }

    @Override
    public void giveBack() {
        block.giveBack();
    }
}
