package dev.kiln.backends.cpu;

/** The gradients of RMS norms, some rows at a time, in float32; what has another format is widened and narrowed on the way. */
public interface RmsNormGradientLoops {

    /** Rows at a time. */
    int ROWS = 4;
    /** Rows of multiples of this many elements are served. */
    int COLUMNS = 64;
    /** Numbers that {@link #run} keeps meanwhile. */
    int NUMBERS = 2 * ROWS + 1;

    /**
     * Makes {@link #ROWS} rows of gradients. All rows are float32 without gaps, wherever they begin.
     *
     * @param byX where the gradients by x go
     * @param byWeight what the rows add to the gradient by the weight is added to this row
     * @param numbers room for {@link #NUMBERS}
     */
    void run(long[] x, long weight, long[] cotangents, long[] byX, long byWeight, int columns, float eps,
            float[] numbers);

    /** Copies {@code count} elements, {@code stride} bytes apart, to float32 without gaps. */
    void widen(ElementType type, long source, long stride, long target, int count);

    /** Rounds {@code count} float32 to elements without gaps. */
    void narrow(long source, ElementType type, long target, int count);
}
