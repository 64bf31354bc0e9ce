package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;
import java.util.Arrays;
import java.util.function.Supplier;

/** Reads each line along the last axis as a whole, has it worked on, and writes what comes out. */
final class LineKernel implements Kernel {

    private static final long LONGEST = Integer.MAX_VALUE - 1024;

    private final Supplier<LineWork> maker;
    private final DType from;
    private final DType to;
    private final long[] dims;
    private final long[] steps;
    private final long step;
    private final long lines;
    private final int length;

    private LineKernel(Work.Operand input, DType to, int length, Supplier<LineWork> maker) {
        this.maker = maker;
        this.from = input.spec().dtype();
        this.to = to;
        this.length = length;
        Shape shape = input.spec().shape();
        int last = shape.rank() - 1;
        long[] all = Odometer.steps(input.layout(), from.size());
        dims = Arrays.copyOf(shape.toArray(), last);
        steps = Arrays.copyOf(all, last);
        step = all[last];
        lines = length == 0 ? 0 : shape.size() / length;
    }

    /** A kernel of one input with at least one axis; {@code maker} makes what a thread works with. */
    static Kernel of(Work.Single work, Supplier<LineWork> maker) {
        Work.Operand input = work.inputs().getFirst();
        long length = input.spec().shape().dim(-1);
        if (length > LONGEST) {
            throw new IllegalArgumentException("[" + work.primitive().name() + "] An axis of " + length
                    + " elements is longer than the " + LONGEST + " that this device can handle.");
        }
        return new LineKernel(input, work.output().dtype(), (int) length, maker);
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        int tasks = Tasks.count(lines, (double) lines * length * Long.BYTES);
        Workers.shared().run(tasks,
                task -> run(addresses, Tasks.start(lines, tasks, task), Tasks.start(lines, tasks, task + 1)));
    }

    private void run(long[] addresses, long begin, long end) {
        if (begin == end) {
            return;
        }
        LoadLoop load = Loops.get().load(from);
        StoreLoop store = Loops.get().store(to);
        LineWork work = maker.get();
        Reg line = new Reg(Lane.of(from), length);
        Odometer walk = Odometer.over(dims, steps).seek(begin);
        for (long i = begin; i < end; i++, walk.next()) {
            load.run(line, 0, addresses[0] + walk.at(0), step, length);
            store.run(work.run(line, length), 0, addresses[1] + i * length * to.size(), length);
        }
    }
}
