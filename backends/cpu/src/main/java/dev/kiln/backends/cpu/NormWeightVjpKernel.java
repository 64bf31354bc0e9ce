package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.ops.BinaryOp;
import dev.kiln.ops.NormWeightVjp;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;
import java.util.Arrays;
import java.util.List;

/**
 * The gradient of a norm's weight in one pass over x and the cotangent: a row is normed in a register, multiplied, and added to
 * the sums of its run of rows; sums of runs add up in double. How rows are cut into runs and parts depends on their number
 * alone, so the result does not depend on the machine.
 */
final class NormWeightVjpKernel implements Kernel {

    private static final int RUN = 64;
    private static final int MOST_PARTS = 16;

    private static final int X = 0;
    private static final int G = 1;
    private static final int SUM = 2;

    /** The rows of an input, and how its elements are read. */
    private record Rows(InputRows rows, LoadLoop load) {
        static Rows of(Work.Operand operand) {
            return new Rows(InputRows.of(operand), Loops.get().load(operand.spec().dtype()));
        }

        void read(Reg to, long address, long row, int columns) {
            load.run(to, 0, address + rows.starts().offset(row), rows.step(), columns);
        }
    }

    private final Rows x;
    private final Rows g;
    private final int columns;
    private final long rows;
    private final DType dtype;
    private final Operation norm;
    private final BinaryLoop multiply;
    private final BinaryLoop add;
    private final List<Lane> lanes;
    private final int parts;
    private final int tasks;

    NormWeightVjpKernel(NormWeightVjp primitive, Work.Single work) {
        Work.Operand input = work.inputs().getFirst();
        x = Rows.of(input);
        g = Rows.of(work.inputs().get(1));
        dtype = work.output().dtype();
        DType wide = wide(input.spec());
        columns = Math.toIntExact(work.output().shape().size());
        rows = columns == 0 ? 0 : input.spec().shape().size() / columns;
        norm = Instructions.of(primitive.norm(), List.of(wide), wide);
        multiply = Loops.get().binary(BinaryOp.MULTIPLY, wide);
        add = Loops.get().binary(BinaryOp.ADD, wide);
        Lane lane = Lane.of(wide);
        lanes = List.of(lane, lane, lane);
        parts = Math.clamp(rows / RUN, 1, MOST_PARTS);
        tasks = Tasks.count(parts, 2.0 * rows * columns * input.spec().dtype().size());
    }

    /** Rows of the norm's fit a register. */
    static boolean serves(NormWeightVjp primitive, List<Spec> inputs, Spec output) {
        Spec x = inputs.getFirst();
        return Instructions.has(primitive.norm(), List.of(x.with(wide(x))));
    }

    private static DType wide(Spec x) {
        return x.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        double[][] sums = new double[parts][columns];
        Workers.shared().run(tasks, task -> {
            for (int part = (int) Tasks.start(parts, tasks, task); part < Tasks.start(parts, tasks, task + 1); part++) {
                Block block = Block.lend(lanes, columns, 0);
                sum(block, addresses, Tasks.start(rows, parts, part), Tasks.start(rows, parts, part + 1), sums[part]);
                block.giveBack();
            }
        });
        for (double[] part : Arrays.asList(sums).subList(1, parts)) {
            for (int i = 0; i < columns; i++) {
                sums[0][i] += part[i];
            }
        }
        Reg result = new Reg(Lane.of(dtype), columns);
        for (int i = 0; i < columns; i++) {
            if (result.lane() == Lane.F64) {
                result.d()[i] = sums[0][i];
            } else {
                result.f()[i] = (float) sums[0][i];
            }
        }
        Loops.get().round(dtype).run(result, result, columns);
        Loops.get().store(dtype).run(result, 0, addresses[2], columns);
    }

    private void sum(Block block, long[] addresses, long from, long to, double[] sums) {
        Reg row = block.register(X);
        Reg cotangent = block.register(G);
        Reg run = block.register(SUM);
        Reg[] arguments = {row};
        for (long first = from; first < to; first += RUN) {
            fill(run);
            for (long i = first; i < Math.min(to, first + RUN); i++) {
                x.read(row, addresses[0], i, columns);
                norm.run(row, arguments, 1, columns);
                g.read(cotangent, addresses[1], i, columns);
                multiply.run(row, row, cotangent, columns);
                add.run(run, run, row, columns);
            }
            for (int i = 0; i < columns; i++) {
                sums[i] += run.lane() == Lane.F64 ? run.d()[i] : run.f()[i];
            }
        }
    }

    private void fill(Reg run) {
        if (run.lane() == Lane.F64) {
            Arrays.fill(run.d(), 0, columns, 0);
        } else {
            Arrays.fill(run.f(), 0, columns, 0);
        }
    }
}
