package dev.kiln.backends.cpu;

/** RMS norm of rows of one dtype, straight from memory to memory. */
@FunctionalInterface
public interface RmsNormLoop {

    /** Rows of multiples of this many elements are served. */
    int COLUMNS = 64;

    /**
     * Norms {@code rows} rows of {@code columns} elements that lie one after the other from address {@code x} on, and writes
     * them to {@code out}, which may be {@code x}.
     *
     * @param weight address of a row of weights of the same dtype
     * @param first room for a row as the dtype's lane holds it, if this needs room
     * @param second more such room
     */
    void run(long x, long out, long rows, long weight, Reg first, Reg second, int columns, float eps);

    /** Whether rows are put somewhere on the way. */
    default boolean needsRoom() {
        return true;
    }
}
