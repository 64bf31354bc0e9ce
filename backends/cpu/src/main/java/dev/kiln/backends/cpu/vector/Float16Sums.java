package dev.kiln.backends.cpu.vector;

/** Adds rows of IEEE halves, each times a factor of its own, to sums. */
@FunctionalInterface
public interface Float16Sums {

    /**
     * Adds to the first {@code count} of {@code sums}.
     *
     * @param factors address of a float32 for each row
     * @param rows address of the first row
     * @param stride bytes from one row to the next
     */
    void run(long factors, long rows, long stride, float[] sums, int count);
}
