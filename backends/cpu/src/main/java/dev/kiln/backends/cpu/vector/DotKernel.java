package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.MatrixOperand;

/**
 * The inner loops of {@link SkinnyProduct} over runs: contiguous elements of one format in the large matrix, a multiple of
 * the vector's length of them, {@code stride} bytes from one run to the next. Sums and the elements they are multiplied with
 * are float32.
 *
 * <p>Memory is read and written by the JDK's own methods throughout, since the compiler stops inlining others when a method
 * grows, and a vector that meets a call goes to the heap. Summation across lanes is left to the caller for that reason.
 */
sealed interface DotKernel permits RunKernel, Float16Runs {

    /** The elements of a run that are taken at a time. */
    default int step() {
        return Lanes.FLOAT_COUNT;
    }

    /** {@code m} rows of {@code count} elements, a multiple of {@link #step}, in the order in which those of a run are taken. */
    default MatrixOperand arrange(int m, int count, MatrixOperand a, Scratch room) {
        return a;
    }

    /**
     * Writes the dot products of {@code x}, {@linkplain #arrange arranged}, with up to four runs, a vector of partial sums each.
     *
     * @param last the last run there is; behind its sums may come others, which mean nothing
     * @return whether these are the sums; they are not if a run has elements that are not served
     */
    boolean dotFour(long x, long runs, long stride, int last, int count, long sums);

    /** The same for two rows at {@code x}; the sums of the first row come first. */
    boolean dotTwice(long x, long xStride, long runs, long stride, int last, int count, long sums);
}
