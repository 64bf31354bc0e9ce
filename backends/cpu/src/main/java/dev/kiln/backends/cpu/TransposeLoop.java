package dev.kiln.backends.cpu;

/** Transposes elements of one size in memory, bit for bit. */
@FunctionalInterface
public interface TransposeLoop {

    /**
     * Writes element {@code i} of run {@code r} to element {@code r} of row {@code i} of the target.
     *
     * @param stride bytes from one run to the next; the elements of a run are contiguous
     * @param targetStride bytes from one row to the next, likewise
     */
    void run(long source, long stride, int runs, int length, long target, long targetStride);
}
