package dev.kiln.backends.cpu;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Places that indices choose along an axis, in lines along the last axis of the indices. */
final class Places {

    /** So many indices are read at a time. */
    static final int MOST = 1024;

    private final Indices indices;
    private final long unit;
    /** The axes of the indices but the last, and the bytes from a place to the next along each in three memories. */
    private final long[] dims;
    private final long[] from;
    private final long[] to;
    private final long[] list;
    /** The last axis. */
    private final long length;
    private final long fromStep;
    private final long toStep;
    private final long listStep;

    /** What is done with a line of places. */
    @FunctionalInterface
    interface Loop {

        /**
         * Goes through {@code n} places.
         *
         * @param offsets for each, the bytes that its index stands for
         */
        void run(long from, long fromStep, long to, long toStep, long[] offsets, int n);
    }

    /**
     * Axes of one index only are left out, so that lines are as long as they can be.
     *
     * @param unit the bytes that an index of 1 stands for
     * @param dims of the indices
     * @param from the bytes from a place to the next along each axis where it is read, whatever the index
     * @param to the same where it is written
     * @param list the same in the indices themselves
     */
    Places(Indices indices, long unit, long[] dims, long[] from, long[] to, long[] list) {
        this.indices = indices;
        this.unit = unit;
        int[] axes = IntStream.range(0, dims.length).filter(axis -> dims[axis] != 1).toArray();
        int outside = Math.max(0, axes.length - 1);
        int[] outer = Arrays.copyOf(axes, outside);
        this.dims = at(dims, outer);
        this.from = at(from, outer);
        this.to = at(to, outer);
        this.list = at(list, outer);
        boolean one = axes.length == 0;
        length = one ? 1 : dims[axes[outside]];
        fromStep = one ? 0 : from[axes[outside]];
        toStep = one ? 0 : to[axes[outside]];
        listStep = one ? 0 : list[axes[outside]];
    }

    /** Of the values and indices that are the third and second input, in a result whose elements lie row-major. */
    static Places alongAxis(String op, int axis, Work.Single work) {
        Work.Operand list = work.inputs().get(1);
        Work.Operand values = work.inputs().get(2);
        Spec output = work.output();
        long[] to = Odometer.steps(Layout.contiguous(output.shape()), output.dtype().size());
        long unit = to[axis];
        to[axis] = 0;
        return new Places(Indices.of(op, list, output.shape(), axis), unit, list.spec().shape().toArray(),
                Odometer.steps(values.layout(), output.dtype().size()), to,
                Odometer.steps(list.layout(), list.spec().dtype().size()));
    }

    private static long[] at(long[] values, int[] axes) {
        return Arrays.stream(axes).mapToLong(axis -> values[axis]).toArray();
    }

    /** How many there are. */
    long count() {
        return Arrays.stream(dims).reduce(length, (m, n) -> m * n);
    }

    /** Goes through some of them in their order, with the memories at these addresses. */
    void run(long source, long indexes, long target, long begin, long end, Loop loop) {
        if (begin == end) {
            return;
        }
        Reg offsets = new Reg(Lane.I64, (int) Math.min(MOST, Math.min(length, end - begin)));
        Odometer walk = Odometer.over(dims, from, to, list).seek(begin / length);
        long at = begin % length;
        for (long left = end - begin; left > 0;) {
            int n = (int) Math.min(offsets.capacity(), Math.min(length - at, left));
            indices.read(indexes + walk.at(2) + at * listStep, listStep, n, unit, offsets);
            loop.run(source + walk.at(0) + at * fromStep, fromStep, target + walk.at(1) + at * toStep, toStep,
                    offsets.l(), n);
            left -= n;
            at += n;
            if (at == length) {
                at = 0;
                walk.next();
            }
        }
    }
}
