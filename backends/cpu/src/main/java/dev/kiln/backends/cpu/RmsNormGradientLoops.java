package dev.kiln.backends.cpu;

/** The gradients of RMS norms, some rows at a time, in float32; what has another format is widened and narrowed on the way. */
public interface RmsNormGradientLoops {

    /** Rows at a time. */
    int ROWS = 4;
    /** Rows of multiples of this many elements are served. */
    int COLUMNS = 64;
    /** What {@link #run} keeps meanwhile. */
    int NUMBERS = 2 * ROWS;
    /** For the widest vectors. */
    int PARTIALS = 2 * ROWS * 64;

    /**
     * Makes {@link #ROWS} rows of gradients. All rows are float32 without gaps, and lie one behind the other.
     *
     * @param byX where the gradients by x go
     * @param byWeight what the rows add to the gradient by the weight is added to this row
     * @param partials room for {@link #PARTIALS} float32s
     * @param numbers room for {@link #NUMBERS}
     */
    void run(long x, long weight, long cotangent, long byX, long byWeight, long partials, int columns, float eps,
            float[] numbers);

    /**
     * Brings memory into the cache that is about to be written: its lines are fetched all at once then, and not one by one as they are
     * written.
     *
     * @param numbers overwritten
     */
    void fetch(long address, long bytes, float[] numbers);

    /** Adds {@code count} float32s, a multiple of {@link #COLUMNS}, to others. */
    void add(long to, long from, int count);

    /** Copies {@code count} elements, {@code stride} bytes apart, to float32 without gaps. */
    void widen(ElementType type, long source, long stride, long target, int count);

    /** Rounds {@code count} float32 to elements without gaps. */
    void narrow(long source, ElementType type, long target, int count);
}
