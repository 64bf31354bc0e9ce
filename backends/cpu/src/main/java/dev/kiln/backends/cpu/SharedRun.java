package dev.kiln.backends.cpu;

/** A fused program run by loops that all programs share, piece by piece, by as many threads as one likes. */
interface SharedRun {

    /** How many pieces there are. */
    long pieces();

    /** Runs the pieces from {@code start} to before {@code end}. */
    void run(long[] addresses, long start, long end);
}
