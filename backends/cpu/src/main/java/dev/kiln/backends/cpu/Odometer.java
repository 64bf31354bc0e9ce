package dev.kiln.backends.cpu;

import dev.kiln.graph.Layout;

/**
 * Walks over the elements of a shape in row-major order and tells where each is in several memories at once. Its use is
 * outside of inner loops, and where there is no regular inner loop. Not for more than one thread.
 */
final class Odometer {

    private final long[] dims;
    /** For each memory the steps along each axis, in bytes. */
    private final long[][] steps;
    private final long[] index;
    private final long[] at;

    private Odometer(long[] dims, long[][] steps) {
        this.dims = dims;
        this.steps = steps;
        this.index = new long[dims.length];
        this.at = new long[steps.length];
    }

    /** Walks over {@code dims} in memories with these steps along each axis. */
    static Odometer over(long[] dims, long[]... steps) {
        return new Odometer(dims, steps);
    }

    /** The steps of a layout in bytes, for elements of {@code size} bytes. */
    static long[] steps(Layout layout, int size) {
        return layout.strides().stream().map(stride -> stride * size).toArray();
    }

    /** How far the current element is from the first of a memory. */
    long at(int memory) {
        return at[memory];
    }

    /** Goes to the element of this row-major number. */
    Odometer seek(long number) {
        long rest = number;
        for (int i = dims.length - 1; i >= 0; i--) {
            index[i] = rest % dims[i];
            rest /= dims[i];
        }
        for (int memory = 0; memory < at.length; memory++) {
            at[memory] = 0;
            for (int i = 0; i < dims.length; i++) {
                at[memory] += index[i] * steps[memory][i];
            }
        }
        return this;
    }

    /** Goes to the next element; after the last, to the first again. */
    void next() {
        for (int i = dims.length - 1; i >= 0; i--) {
            index[i]++;
            boolean within = index[i] < dims[i];
            for (int memory = 0; memory < at.length; memory++) {
                at[memory] += within ? steps[memory][i] : -(dims[i] - 1) * steps[memory][i];
            }
            if (within) {
                return;
            }
            index[i] = 0;
        }
    }
}
