package dev.kiln.backends.cpu.vector;

/**
 * The inner loops of {@link SkinnyProduct} over runs: contiguous elements of one format in the large matrix. Sums and
 * the elements they are multiplied with are float32. Runs are {@code stride} bytes apart.
 *
 * <p>Two limits of the compiler shape these methods. It stops inlining when the graph of a method grows too large, and
 * a vector that meets a call goes to the heap: so they leave the summation across lanes to the caller, and IEEE halves,
 * whose widening is long, have no kernel. And it inlines hot methods of up to 325 bytecodes into their callers, where
 * several of them together would cross the first limit: so the loops over four runs, with their tails, are each longer
 * than that and remain compiled units of their own.
 */
sealed interface RunKernel permits FloatRuns, Bfloat16Runs {

    /** Adds four runs, each times one of four consecutive {@code factors}, to {@code count} sums at {@code target}. */
    void addFour(long factors, long runs, long stride, long target, int count);

    /** Adds one run times {@code factor} to {@code count} sums at {@code target}. */
    void addOne(float factor, long run, long target, int count);

    /**
     * Writes the dot products of {@code x} with four runs: a vector of partial sums each at {@code partials}, and the sum
     * of the elements beyond the last whole vector each at {@code tails}.
     */
    void dotFour(long x, long runs, long stride, int count, long partials, long tails);

    /** Writes the dot product of {@code x} with one run in the same two parts. */
    void dotOne(long x, long run, int count, long partials, long tails);
}
