package dev.kiln.backends.cpu;

/** RMS norm of a row of one dtype, straight from memory to memory. */
@FunctionalInterface
public interface RmsNormLoop {

    /** Rows of multiples of this many elements are served. */
    int COLUMNS = 64;

    /**
     * Norms the row at address {@code x}, of {@code columns} elements without gaps, and writes it to {@code out}, which may
     * be {@code x}.
     *
     * @param weight of each column, as the dtype's lane holds it
     */
    void run(long x, long out, Reg weight, int columns, float eps);
}
