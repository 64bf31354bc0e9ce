package dev.kiln.backends.cpu.vector;

/** The inner loops of {@link SkinnyProduct} over runs that are rows of the matrix, besides those over its columns. */
sealed interface RunKernel extends DotKernel permits FloatRuns, Bfloat16Runs {

    /** Adds four runs, each times one of four consecutive {@code factors}, to {@code count} sums at {@code target}. */
    void addFour(long factors, long runs, long stride, long target, int count);

    /** Adds eight runs in the same order, so to the same sums. */
    default void addEight(long factors, long runs, long stride, long target, int count) {
        addFour(factors, runs, stride, target, count);
        addFour(factors + 4 * Float.BYTES, runs + 4 * stride, stride, target, count);
    }

    /** The same as four for two rows of factors and of sums. */
    void addTwice(long factors, long factorsStride, long runs, long stride, long target, long targetStride, int count);

    /** Adds one run times {@code factor} to {@code count} sums at {@code target}. */
    void addOne(float factor, long run, long target, int count);
}
