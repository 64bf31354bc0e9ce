package dev.kiln.backends.cpu;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import java.util.Arrays;

/**
 * Copies the elements of a shape from one layout to another. Axes that follow each other without a gap on both sides are one,
 * so what lies together is moved as a block; where elements are neighbours along one axis in the source and along another in the
 * target, these two are transposed in tiles. Immutable: the addresses come with each call.
 */
final class StridedCopy {

    /** The axes outside of the inner ones, outermost first, and their steps in bytes. */
    private final long[] dims;
    private final long[] from;
    private final long[] to;
    private final long outer;
    private final CopyOfAxes inner;
    private final int tasks;

    private StridedCopy(long[] dims, long[] from, long[] to, CopyOfAxes inner) {
        this.dims = dims;
        this.from = from;
        this.to = to;
        this.inner = inner;
        outer = Arrays.stream(dims).reduce(1, (m, n) -> m * n);
        tasks = Tasks.count(pieces(), (double) outer * inner.bytes());
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
        int last = rank - 1;
        CopyOfAxes run = rank == 0
                ? new CopyOfAxes.Run(1, size, size, size)
                : new CopyOfAxes.Run(dims[last], in[last], out[last], size);
        int across = rank > 1 && out[last] == size && in[last] != size ? neighbours(in, last, size) : -1;
        if (across < 0) {
            return new StridedCopy(without(dims, rank, last, last), without(in, rank, last, last),
                    without(out, rank, last, last), run);
        }
        CopyOfAxes tiles = CopyOfAxes.Tiles.of(dims[across], dims[last], in[last], out[across], size);
        return new StridedCopy(without(dims, rank, across, last), without(in, rank, across, last),
                without(out, rank, across, last), tiles);
    }

    /** The axis along which elements are neighbours, or -1. */
    private static int neighbours(long[] steps, int before, int size) {
        for (int axis = before - 1; axis >= 0; axis--) {
            if (steps[axis] == size) {
                return axis;
            }
        }
        return -1;
    }

    private static long[] without(long[] values, int count, int one, int other) {
        long[] rest = new long[Math.max(0, count - (one == other ? 1 : 2))];
        int n = 0;
        for (int i = 0; i < count; i++) {
            if (i != one && i != other) {
                rest[n++] = values[i];
            }
        }
        return rest;
    }

    /** How many pieces {@link #run} can be divided into. */
    long pieces() {
        return outer * inner.pieces();
    }

    /** Copies on the calling thread. */
    void run(long source, long target) {
        run(source, target, 0, pieces());
    }

    /** Copies, sharing the work if there is enough of it. */
    void runShared(long source, long target) {
        Tasks.run(pieces(), tasks, (start, end) -> run(source, target, start, end));
    }

    /** Copies some of the pieces. */
    void run(long source, long target, long start, long end) {
        if (start == end) {
            return;
        }
        long each = inner.pieces();
        if (outer == 1) {
            inner.run(source, target, start, end);
            return;
        }
        long first = start / each;
        long begin = start - first * each;
        long left = end - start;
        for (Odometer outside = Odometer.over(dims, from, to).seek(first); left > 0; outside.next()) {
            long stop = Math.min(each, begin + left);
            inner.run(source + outside.at(0), target + outside.at(1), begin, stop);
            left -= stop - begin;
            begin = 0;
        }
    }
}
