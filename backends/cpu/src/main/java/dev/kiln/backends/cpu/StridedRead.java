package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import java.util.Arrays;

/**
 * Reads elements of an array into a register, in row-major order, whatever its strides. Axes that one step can walk through
 * act as one.
 */
final class StridedRead {

    private final LoadLoop loop;
    /** Lengths and byte steps of the axes that are left, at least one. */
    private final long[] dims;
    private final long[] steps;

    private StridedRead(LoadLoop loop, long[] dims, long[] steps) {
        this.loop = loop;
        this.dims = dims;
        this.steps = steps;
    }

    static StridedRead of(DType dtype, Shape shape, Layout layout) {
        long[] dims = new long[shape.rank() + 1];
        long[] steps = new long[shape.rank() + 1];
        int first = dims.length;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            long dim = shape.dim(axis);
            long step = layout.stride(axis) * dtype.size();
            if (dim == 1) {
                continue;
            }
            if (first < dims.length && step == steps[first] * dims[first]) {
                dims[first] *= dim;
            } else {
                dims[--first] = dim;
                steps[first] = step;
            }
        }
        if (first == dims.length) {
            dims[--first] = 1;
        }
        return new StridedRead(Loops.get().load(dtype), Arrays.copyOfRange(dims, first, dims.length),
                Arrays.copyOfRange(steps, first, steps.length));
    }

    /** Whether all elements are one. */
    boolean repeatsOne() {
        return dims.length == 1 && (steps[0] == 0 || dims[0] == 1);
    }

    /** How many numbers {@link #read} needs for its bookkeeping. */
    int rank() {
        return dims.length;
    }

    /**
     * Reads {@code n} elements from number {@code start} on of the array at {@code address}.
     *
     * @param index overwritten
     */
    void read(Reg out, long address, long start, int n, long[] index) {
        int inner = dims.length - 1;
        if (inner == 0) {
            loop.run(out, 0, address + start * steps[0], steps[0], n);
        } else if (n > 0) {
            readRuns(out, address, start, n, index);
        }
    }

    private void readRuns(Reg out, long address, long start, int n, long[] index) {
        int inner = dims.length - 1;
        long place = address;
        long rest = start;
        for (int axis = inner; axis >= 0; axis--) {
            index[axis] = rest % dims[axis];
            rest /= dims[axis];
            place += index[axis] * steps[axis];
        }
        int done = 0;
        while (true) {
            int run = (int) Math.min(n - done, dims[inner] - index[inner]);
            loop.run(out, done, place, steps[inner], run);
            done += run;
            if (done == n) {
                return;
            }
            place -= index[inner] * steps[inner];
            index[inner] = 0;
            int axis = inner - 1;
            place += steps[axis];
            while (++index[axis] == dims[axis]) {
                place -= dims[axis] * steps[axis];
                index[axis] = 0;
                axis--;
                place += steps[axis];
            }
        }
    }
}
