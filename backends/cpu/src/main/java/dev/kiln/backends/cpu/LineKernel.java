package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Reads each line along the last axis as a whole, has it worked on, and writes what comes out. Lines that lie beside each other, so that
 * neighbours in memory are elements of different ones, are transposed to scratch memory some at a time.
 */
final class LineKernel implements Kernel {

    private static final long LONGEST = Integer.MAX_VALUE - 1024;
    /** So many lines use what comes into the caches with an element, as far as so many bytes hold them. */
    private static final int MOST_BESIDE = 64;
    private static final int LEAST_BESIDE = 8;
    private static final long SCRATCH_BYTES = 1 << 20;

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
        Lines lines = lieBesideEachOther() ? new Beside() : new Apart();
        StoreLoop store = Loops.get().store(to);
        LineWork work = maker.get();
        Reg line = new Reg(Lane.of(from), length);
        Odometer walk = Odometer.over(dims, steps).seek(begin);
        for (long i = begin; i < end; i++, walk.next()) {
            lines.read(line, addresses[0] + walk.at(0), i, end);
            store.run(work.run(line, length), 0, addresses[1] + i * length * to.size(), length);
        }
    }

    private boolean lieBesideEachOther() {
        int last = dims.length - 1;
        return last >= 0 && steps[last] == from.size() && step != from.size() && dims[last] >= LEAST_BESIDE
                && length >= LEAST_BESIDE && lines * length * from.size() >= CpuBackend.WORTH_A_COPY;
    }

    /** How lines are read, by one thread. */
    private interface Lines {
        /** Reads line {@code number}, which begins at {@code address}; those up to {@code end} are wanted one after the other. */
        void read(Reg line, long address, long number, long end);
    }

    private final class Apart implements Lines {
        private final LoadLoop load = Loops.get().load(from);

        @Override
        public void read(Reg line, long address, long number, long end) {
            load.run(line, 0, address, step, length);
        }
    }

    private final class Beside implements Lines {
        private final LoadLoop load = Loops.get().load(from);
        private final long lineBytes = (long) length * from.size();
        private final int most = Math.clamp(SCRATCH_BYTES / lineBytes, LEAST_BESIDE, MOST_BESIDE);
        private final MemorySegment memory = Arena.ofAuto().allocate(most * lineBytes, 64);
        private long first;
        private long behind;

        @Override
        public void read(Reg line, long address, long number, long end) {
            if (number >= behind) {
                long besideIt = dims[dims.length - 1] - number % dims[dims.length - 1];
                first = number;
                behind = Math.min(number + Math.min(most, besideIt), end);
                CopyOfAxes copy = CopyOfAxes.Tiles.of(behind - first, length, step, lineBytes, from.size());
                copy.run(address, memory.address(), 0, copy.pieces());
            }
            load.run(line, 0, memory.address() + (number - first) * lineBytes, from.size(), length);
        }
    }
}
