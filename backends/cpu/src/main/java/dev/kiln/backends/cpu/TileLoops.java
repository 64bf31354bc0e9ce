package dev.kiln.backends.cpu;

/**
 * Products of small blocks of floats that lie row-major in arrays in the first-level cache. Widths that count as "padded" are
 * multiples of {@link #PADDING}, rows beyond the last one are never written.
 */
public interface TileLoops {

    /** Lengths that vectors of every width divide. */
    int PADDING = 16;

    /** {@code n} rounded up to a multiple of {@link #PADDING}. */
    static int padded(long n) {
        return Math.toIntExact(Math.ceilDiv(n, PADDING) * PADDING);
    }

    /**
     * {@code out[i * step + j] = sum over d of a[i * depth + d] * b[j * depth + d]}.
     *
     * @param columns of the result; up to 3 more may be computed, from whatever the array holds there
     * @param depth padded; the padding's products must be zeros
     */
    void dots(float[] out, int step, float[] a, int rows, float[] b, int columns, int depth);

    /**
     * {@code out[i * width + d] += sum over j < depth of a[i * step + j] * b[j * width + d]}.
     *
     * @param width padded
     */
    void accumulate(float[] out, float[] a, int step, int rows, float[] b, int depth, int width);

    /**
     * The softmax of each column, in place. A column of negative infinities becomes zeros.
     *
     * @param width padded
     */
    void softmax(float[] a, int rows, int width);

    /**
     * {@code slopes[i * width + j] = weights[i * width + j] * (slopes[i * width + j] - common[j])}.
     *
     * @param width padded
     */
    void slopes(float[] slopes, float[] weights, int rows, int width, float[] common);
}
