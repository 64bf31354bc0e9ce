package dev.kiln.backends.cpu.vector;

/**
 * The inner loops of {@link SkinnyProduct} over runs: contiguous elements of one format in the large matrix, a multiple of
 * the vector's length of them, {@code stride} bytes from one run to the next. Sums and the elements they are multiplied with
 * are float32.
 *
 * <p>Memory is read and written by the JDK's own methods throughout, since the compiler stops inlining others when a method
 * grows, and a vector that meets a call goes to the heap. Summation across lanes is left to the caller for that reason.
 */
sealed interface DotKernel permits RunKernel, Float16Runs {

    /**
     * Writes the dot products of {@code x} with up to four runs, a vector of partial sums each.
     *
     * @param last the last run there is; it is taken for those that there are not
     */
    void dotFour(long x, long runs, long stride, int last, int count, long sums);

    /** The same for two rows at {@code x}; the sums of the first row come first. */
    void dotTwice(long x, long xStride, long runs, long stride, int last, int count, long sums);
}
