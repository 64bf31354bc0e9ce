package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;

/** Reads elements of an array into a register, in row-major order, whatever its strides. */
final class StridedRead {

    private final LoadLoop loop;
    private final Walk walk;

    private StridedRead(LoadLoop loop, Walk walk) {
        this.loop = loop;
        this.walk = walk;
    }

    static StridedRead of(DType dtype, Shape shape, Layout layout) {
        return new StridedRead(Loops.get().load(dtype), Walk.of(shape, layout, dtype.size()));
    }

    /** Whether all elements are one. */
    boolean repeatsOne() {
        return walk.rank() == 1 && (walk.steps[0] == 0 || walk.dims[0] == 1);
    }

    /** How many numbers {@link #read} needs for its bookkeeping. */
    int rank() {
        return walk.rank();
    }

    /**
     * Reads {@code n} elements from number {@code start} on of the array at {@code address}.
     *
     * @param index overwritten
     */
    void read(Reg out, long address, long start, int n, long[] index) {
        if (walk.rank() == 1) {
            loop.run(out, 0, address + start * walk.steps[0], walk.steps[0], n);
        } else if (n > 0) {
            readRuns(out, address, start, n, index);
        }
    }

    private void readRuns(Reg out, long address, long start, int n, long[] index) {
        long[] dims = walk.dims;
        long[] steps = walk.steps;
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
