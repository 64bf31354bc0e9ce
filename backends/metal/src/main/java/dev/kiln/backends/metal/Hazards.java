package dev.kiln.backends.metal;

/**
 * The stretches of memory that kernels have read and written since the last barrier: who comes next must wait for those that
 * wrote what it reads or writes, and for those that read what it writes. By address, since arrays share memory over time.
 */
final class Hazards {

    private long[] from = new long[64];
    private long[] to = new long[64];
    private boolean[] written = new boolean[64];
    private int count;

    /** Whether a kernel that touches these bytes must wait. */
    boolean meet(long begin, long end, boolean writes) {
        for (int i = 0; i < count; i++) {
            if (begin < to[i] && from[i] < end && (writes || written[i])) {
                return true;
            }
        }
        return false;
    }

    /** A kernel touches these bytes. */
    void add(long begin, long end, boolean writes) {
        if (count == from.length) {
            from = java.util.Arrays.copyOf(from, 2 * count);
            to = java.util.Arrays.copyOf(to, 2 * count);
            written = java.util.Arrays.copyOf(written, 2 * count);
        }
        from[count] = begin;
        to[count] = end;
        written[count++] = writes;
    }

    /** There is a barrier. */
    void clear() {
        count = 0;
    }
}
