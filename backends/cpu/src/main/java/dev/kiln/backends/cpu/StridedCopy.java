package dev.kiln.backends.cpu;

import dev.kiln.graph.Layout;
import dev.kiln.graph.OffHeap;
import dev.kiln.graph.Shape;
import dev.kiln.streams.Workers;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Copies the elements of a shape from one layout to another. Axes that follow each other without a gap on both sides are one,
 * so what lies together is moved as a block. Immutable: the addresses come with each call.
 */
final class StridedCopy {

    /** Below this a loop is quicker than a call of the system's block copy. */
    private static final int BLOCK = 64;

    /** The axes outside of the run, outermost first, and their steps in bytes. */
    private final long[] dims;
    private final long[] from;
    private final long[] to;
    private final long outer;
    /** The innermost axis: elements, their steps and their size in bytes. */
    private final long run;
    private final long runFrom;
    private final long runTo;
    private final int size;

    private StridedCopy(long[] dims, long[] from, long[] to, int rank, int size) {
        this.size = size;
        int last = rank - 1;
        run = rank == 0 ? 1 : dims[last];
        runFrom = rank == 0 ? size : from[last];
        runTo = rank == 0 ? size : to[last];
        int outside = Math.max(0, last);
        this.dims = Arrays.copyOf(dims, outside);
        this.from = Arrays.copyOf(from, outside);
        this.to = Arrays.copyOf(to, outside);
        long product = 1;
        for (long dim : this.dims) {
            product *= dim;
        }
        outer = product;
    }

    /** A copy of the elements of {@code shape}, each of {@code size} bytes (1, 2, 4 or 8). */
    static StridedCopy of(Shape shape, int size, Layout from, Layout to) {
        long[] dims = new long[shape.rank()];
        long[] in = new long[dims.length];
        long[] out = new long[dims.length];
        int rank = 0;
        for (int i = 0; i < dims.length; i++) {
            long dim = shape.dim(i);
            if (dim == 1) {
                continue;
            }
            long stepIn = from.stride(i) * size;
            long stepOut = to.stride(i) * size;
            if (rank > 0 && in[rank - 1] == stepIn * dim && out[rank - 1] == stepOut * dim) {
                dims[rank - 1] *= dim;
                in[rank - 1] = stepIn;
                out[rank - 1] = stepOut;
            } else {
                dims[rank] = dim;
                in[rank] = stepIn;
                out[rank++] = stepOut;
            }
        }
        return new StridedCopy(dims, in, out, rank, size);
    }

    /** Copies on the calling thread. */
    void run(long source, long target) {
        if (outer == 1) {
            copyRun(source, target, run);
        } else {
            rows(source, target, 0, outer);
        }
    }

    /** Copies, sharing the work if there is enough of it. */
    void runShared(long source, long target) {
        double bytes = (double) outer * run * size;
        int byRow = Tasks.count(outer, bytes);
        int byColumn = Tasks.count(run, bytes);
        if (byRow >= byColumn) {
            Workers.shared().run(byRow, task -> rows(source, target, Tasks.start(outer, byRow, task),
                    Tasks.start(outer, byRow, task + 1)));
        } else {
            Workers.shared().run(byColumn, task -> columns(source, target, Tasks.start(run, byColumn, task),
                    Tasks.start(run, byColumn, task + 1)));
        }
    }

    private void rows(long source, long target, long begin, long end) {
        if (run == 0 || begin == end) {
            return;
        }
        Odometer outside = Odometer.over(dims, from, to).seek(begin);
        for (long row = begin; row < end; row++, outside.next()) {
            copyRun(source + outside.at(0), target + outside.at(1), run);
        }
    }

    private void columns(long source, long target, long begin, long end) {
        if (begin == end) {
            return;
        }
        Odometer outside = Odometer.over(dims, from, to);
        for (long row = 0; row < outer; row++, outside.next()) {
            copyRun(source + outside.at(0) + begin * runFrom, target + outside.at(1) + begin * runTo, end - begin);
        }
    }

    /** Copies one element of {@code size} bytes. */
    static void element(int size, long source, long target) {
        switch (size) {
            case Byte.BYTES -> OffHeap.ALL.set(Unaligned.BYTE, target, OffHeap.ALL.get(Unaligned.BYTE, source));
            case Short.BYTES -> OffHeap.ALL.set(Unaligned.SHORT, target, OffHeap.ALL.get(Unaligned.SHORT, source));
            case Integer.BYTES -> OffHeap.ALL.set(Unaligned.INT, target, OffHeap.ALL.get(Unaligned.INT, source));
            default -> OffHeap.ALL.set(Unaligned.LONG, target, OffHeap.ALL.get(Unaligned.LONG, source));
        }
    }

    private void copyRun(long source, long target, long count) {
        if (runFrom == size && runTo == size && count * size >= BLOCK) {
            MemorySegment.copy(OffHeap.ALL, source, OffHeap.ALL, target, count * size);
            return;
        }
        switch (size) {
            case 1 -> bytes(source, target, count);
            case 2 -> shorts(source, target, count);
            case 4 -> ints(source, target, count);
            default -> longs(source, target, count);
        }
    }

    private void bytes(long source, long target, long count) {
        for (long i = 0; i < count; i++) {
            OffHeap.ALL.set(Unaligned.BYTE, target + i * runTo,
                    OffHeap.ALL.get(Unaligned.BYTE, source + i * runFrom));
        }
    }

    private void shorts(long source, long target, long count) {
        for (long i = 0; i < count; i++) {
            OffHeap.ALL.set(Unaligned.SHORT, target + i * runTo,
                    OffHeap.ALL.get(Unaligned.SHORT, source + i * runFrom));
        }
    }

    private void ints(long source, long target, long count) {
        for (long i = 0; i < count; i++) {
            OffHeap.ALL.set(Unaligned.INT, target + i * runTo,
                    OffHeap.ALL.get(Unaligned.INT, source + i * runFrom));
        }
    }

    private void longs(long source, long target, long count) {
        for (long i = 0; i < count; i++) {
            OffHeap.ALL.set(Unaligned.LONG, target + i * runTo,
                    OffHeap.ALL.get(Unaligned.LONG, source + i * runFrom));
        }
    }
}
