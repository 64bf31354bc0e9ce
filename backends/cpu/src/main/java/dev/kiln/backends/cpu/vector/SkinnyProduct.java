package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.ElementType;
import dev.kiln.backends.cpu.Elements;
import dev.kiln.backends.cpu.MatrixOperand;
import jdk.incubator.vector.FloatVector;

/**
 * The product of a few rows with a large matrix, which is bound by reading the matrix: it is read once, in the order in
 * which it lies in memory, widened in registers, and never packed.
 *
 * <p>Rows of the matrix contiguous: they are scaled and added to a strip of the result that stays in cache; of a large matrix in parts of
 * whole rows, whose sums are added up at the end, since memory is fastest in long stretches. Columns contiguous (transposed weights):
 * whole columns, four at a time with two rows, or of bfloat16 one after the other with one row, are multiplied with the rows as
 * dot products.
 *
 * <p>An instance owns its buffers and serves one thread at a time.
 */
final class SkinnyProduct {

    /** More rows than this are worth packing. */
    static final int MAX_ROWS = 8;

    /** More rows than this are worth packing when rows are contiguous, unless the matrix is far larger than a cache. */
    private static final int MAX_STREAMED_ROWS = 4;
    private static final long FAR_BYTES = 32 << 20;
    private static final int FAR_COLS = 512;

    /** Of a narrower matrix two contiguous rows are the most: the sums of a row are too few vectors to be worth a loop. */
    private static final int NARROW = 64;
    private static final int MAX_NARROW_ROWS = 2;

    /** The most elements of the left factor that are copied into one float32 buffer. */
    static final long MAX_LEFT_ELEMENTS = 1 << 20;

    /** Runs that are read together; twice as many with one row. */
    private static final int RUNS = 4;
    /** The most sums of a strip, of all rows together: half of a first-level cache. */
    private static final int STRIP = 4096;

    /** Bytes of the matrix that are worth a part of their own, and the most parts. */
    private static final long LEAST_BYTES_PER_PART = 256 << 10;
    private static final int MOST_PARTS = 32;
    /** The most sums that the rows of a part are added to at a time, of all rows of the left factor together. */
    private static final int PART_STRIP = 16_384;
    /** Columns whose parts are summed together. */
    static final int SUMMED = 2048;

    private final Float16Strip float16 = new Float16Strip();
    private final Scratch left = new Scratch();
    private final Scratch parts = new Scratch();
    private final Scratch sums = new Scratch();
    private final Scratch arranged = new Scratch();
    private final Scratch partialMemory = new Scratch();
    private final long partials = partialMemory.reserve(2L * RUNS * Lanes.BYTES);

    /** Whether this product is of the kind described above. */
    static boolean suits(int m, int n, int k, MatrixOperand b) {
        boolean streamed = b.colStride() == 1 && m <= mostStreamed(n, k, b.type());
        boolean dotted = b.rowStride() == 1 && m <= MAX_ROWS;
        return (streamed || dotted) && b.type() != ElementType.F64 && (long) m * k <= MAX_LEFT_ELEMENTS;
    }

    private static int mostStreamed(int n, int k, ElementType type) {
        if (n < NARROW) {
            return MAX_NARROW_ROWS;
        }
        return n >= FAR_COLS && (long) n * k * type.bytes() >= FAR_BYTES ? MAX_ROWS : MAX_STREAMED_ROWS;
    }

    /** The left factor with contiguous float32 rows: itself, or a copy that lives until the next call. */
    MatrixOperand widenLeft(int m, int k, MatrixOperand a) {
        if (a.type() == ElementType.F32 && a.colStride() == 1) {
            return a;
        }
        long copy = left.reserve((long) m * k * Float.BYTES);
        for (int row = 0; row < m; row++) {
            Widening.gather(a.type(), a.at(row, 0), a.colBytes(), copy + (long) row * k * Float.BYTES, k);
        }
        return new MatrixOperand(copy, k, 1, ElementType.F32);
    }

    /** Computes columns {@code j..j+cols}; {@code a} comes from {@link #widenLeft}. */
    void multiply(int m, int j, int cols, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c) {
        int strip = STRIP / m;
        for (int done = 0; done < cols; done += strip) {
            int width = Math.min(strip, cols - done);
            MatrixOperand right = b.from(0, (long) j + done);
            MatrixOperand target = c.from(0, (long) j + done);
            if (c.type() == ElementType.F32 && c.colStride() == 1) {
                strip(m, width, k, a, right, target);
            } else {
                MatrixOperand buffer = new MatrixOperand(sums.reserve((long) m * strip * Float.BYTES), strip, 1,
                        ElementType.F32);
                strip(m, width, k, a, right, buffer);
                for (int row = 0; row < m; row++) {
                    Widening.scatter(buffer.at(row, 0), c.type(), target.at(row, 0), c.colBytes(), width);
                }
            }
        }
    }

    /**
     * In how many parts the rows of a large matrix are taken, whose sums are written for each row of the left factor; 1 where columns
     * are what is contiguous.
     */
    static int parts(int m, int k, long bytes, MatrixOperand b) {
        int most = m <= MAX_STREAMED_ROWS ? MOST_PARTS : MOST_PARTS / 2;
        return b.colStride() == 1
                ? Math.clamp(bytes / LEAST_BYTES_PER_PART, 1, Math.min(most, Math.max(1, k)))
                : 1;
    }

    /** Memory for the sums of parts, until the next call. */
    long reservePartials(int count, int m, int n) {
        return parts.reserve((long) count * m * n * Float.BYTES);
    }

    /** The sums of a part. */
    static MatrixOperand partial(long partials, int part, int m, int n) {
        return new MatrixOperand(partials + (long) part * m * n * Float.BYTES, n, 1, ElementType.F32);
    }

    /** Multiplies with {@code depth} rows of the matrix, one after the other as they lie in memory. */
    void addRows(int m, int n, int depth, MatrixOperand a, MatrixOperand b, MatrixOperand target) {
        int strip = PART_STRIP / m;
        for (int j = 0; j < n; j += strip) {
            strip(m, Math.min(strip, n - j), depth, a, b.from(0, j), target.from(0, j));
        }
    }

    /** Sums what {@link #addRows} has left of columns {@code j..j+cols}, in the order of the parts. */
    void sum(int m, int n, int j, int cols, int count, long partials, MatrixOperand c) {
        long buffer = sums.reserve((long) SUMMED * Float.BYTES);
        for (int row = 0; row < m; row++) {
            sum(partials + ((long) row * n + j) * Float.BYTES, (long) m * n * Float.BYTES, count, buffer, cols);
            Widening.scatter(buffer, c.type(), c.at(row, j), c.colBytes(), cols);
        }
    }

    private static void sum(long from, long apart, int count, long to, int cols) {
        int whole = Lanes.FLOATS.loopBound(cols);
        for (int i = 0; i < whole; i += Lanes.FLOAT_COUNT) {
            long at = from + (long) i * Float.BYTES;
            FloatVector sum = Lanes.loadFloats(at);
            for (int part = 1; part < count; part++) {
                sum = sum.add(Lanes.loadFloats(at + part * apart));
            }
            Lanes.store(sum, to + (long) i * Float.BYTES);
        }
        for (int i = whole; i < cols; i++) {
            long at = from + (long) i * Float.BYTES;
            float sum = Elements.getFloat(at);
            for (int part = 1; part < count; part++) {
                sum += Elements.getFloat(at + part * apart);
            }
            Elements.putFloat(to + (long) i * Float.BYTES, sum);
        }
    }

    private void strip(int m, int cols, int k, MatrixOperand a, MatrixOperand b, MatrixOperand target) {
        if (b.colStride() == 1) {
            switch (b.type()) {
                case F32 -> stream(FloatRuns.INSTANCE, m, cols, k, a, b, target);
                case BF16 -> stream(Bfloat16Runs.INSTANCE, m, cols, k, a, b, target);
                case F16 -> float16.multiply(m, cols, k, a, b, target);
                case F64 -> throw new IllegalArgumentException("float64 is not widened");
            }
        } else {
            dots(switch (b.type()) {
                case F32 -> FloatRuns.INSTANCE;
                case BF16 -> Bfloat16Runs.INSTANCE;
                case F16 -> Float16Runs.INSTANCE;
                case F64 -> throw new IllegalArgumentException("float64 is not widened");
            }, m, cols, k, a, b, target);
        }
    }

    private static void stream(RunKernel kernel, int m, int cols, int k, MatrixOperand a, MatrixOperand b,
            MatrixOperand target) {
        for (int row = 0; row < m; row++) {
            Spans.clear(target.at(row, 0), (long) cols * Float.BYTES);
        }
        int whole = Lanes.FLOATS.loopBound(cols);
        streamVectors(kernel, m, whole, k, a, b, target);
        for (int row = 0; row < m; row++) {
            for (int col = whole; col < cols; col++) {
                Elements.putFloat(target.at(row, col), dot(k, a.from(row, 0), b.from(0, col)));
            }
        }
    }

    private static void streamVectors(RunKernel kernel, int m, int cols, int k, MatrixOperand a, MatrixOperand b,
            MatrixOperand target) {
        int p = 0;
        for (; m == 1 && p <= k - 2 * RUNS; p += 2 * RUNS) {
            kernel.addEight(a.at(0, p), b.at(p, 0), b.rowBytes(), target.at(0, 0), cols);
        }
        for (; p <= k - RUNS; p += RUNS) {
            int row = 0;
            for (; row <= m - 2; row += 2) {
                kernel.addTwice(a.at(row, p), a.rowBytes(), b.at(p, 0), b.rowBytes(), target.at(row, 0),
                        target.rowBytes(), cols);
            }
            if (row < m) {
                kernel.addFour(a.at(row, p), b.at(p, 0), b.rowBytes(), target.at(row, 0), cols);
            }
        }
        for (; p < k; p++) {
            for (int row = 0; row < m; row++) {
                kernel.addOne(Elements.getFloat(a.at(row, p)), b.at(p, 0), target.at(row, 0), cols);
            }
        }
    }

    private void dots(DotKernel kernel, int m, int cols, int k, MatrixOperand a, MatrixOperand b,
            MatrixOperand target) {
        int whole = k / kernel.step() * kernel.step();
        MatrixOperand x = kernel.arrange(m, whole, a, arranged);
        for (int col = 0; col < cols; col += RUNS) {
            int runs = Math.min(RUNS, cols - col);
            MatrixOperand right = b.from(0, col);
            for (int row = 0; row < m; row += 2) {
                int rows = Math.min(2, m - row);
                boolean summed = rows == 2
                        ? kernel.dotTwice(x.at(row, 0), x.rowBytes(), right.address(), b.colBytes(), runs - 1, whole,
                                partials)
                        : kernel.dotFour(x.at(row, 0), right.address(), b.colBytes(), runs - 1, whole, partials);
                fold(rows, runs, summed ? whole : 0, k, a.from(row, 0), right, target.from(row, col));
            }
        }
    }

    /** Adds up the partial sums of rows and runs, and what comes behind the {@code whole} elements that were summed. */
    private void fold(int rows, int runs, int whole, int k, MatrixOperand a, MatrixOperand b, MatrixOperand target) {
        for (int row = 0; row < rows; row++) {
            for (int run = 0; run < runs; run++) {
                float sum = whole > 0 ? Lanes.sum(partials + (long) (row * RUNS + run) * Lanes.BYTES) : 0;
                if (whole < k) {
                    sum += dot(k - whole, a.from(row, whole), b.from(whole, run));
                }
                Elements.putFloat(target.at(row, run), sum);
            }
        }
    }

    private static float dot(int k, MatrixOperand a, MatrixOperand b) {
        float sum = 0;
        for (int p = 0; p < k; p++) {
            sum += Elements.getFloat(a.at(0, p)) * Elements.get(b.type(), b.at(p, 0));
        }
        return sum;
    }
}
