package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.ElementType;
import dev.kiln.backends.cpu.MatrixOperand;
import dev.kiln.backends.cpu.Elements;

/**
 * The product of a few rows with a large matrix, which is bound by reading the matrix: it is read once, in the order in
 * which it lies in memory, and never packed.
 *
 * <p>Rows of the matrix contiguous: four of them at a time, scaled, are added to a strip of the result that stays in
 * the first-level cache. Columns contiguous (transposed weights): four columns at a time are multiplied with each row
 * as dot products. For a single row bfloat16 elements are widened in registers; for several rows, and for IEEE halves,
 * four runs at a time are widened once into a buffer of that cache, which then serves all rows.
 *
 * <p>An instance owns its buffers and serves one thread at a time.
 */
final class SkinnyProduct {

    /** More rows than this are worth packing when columns are contiguous. */
    static final int MAX_ROWS = 8;

    /** More rows than this are worth packing when rows are contiguous. */
    static final int MAX_STREAMED_ROWS = 4;

    /** The most elements of the left factor that are copied into one float32 buffer. */
    static final long MAX_LEFT_ELEMENTS = 1 << 20;

    /** Runs that are widened together, and their length: 16 KiB in float32. */
    private static final int RUNS = 4;
    private static final int RUN = 1024;
    /** One cache line more than a run: runs 4 KiB apart would compete for the same places in the cache. */
    private static final long RUN_BYTES = (long) RUN * Float.BYTES + 64;

    private final Scratch left = new Scratch();
    private final Scratch sums = new Scratch();
    private final Scratch widened = new Scratch();
    private final Scratch partialMemory = new Scratch();
    private final long partials = partialMemory.reserve((long) RUNS * (Lanes.BYTES + Float.BYTES));
    private final long tails = partials + (long) RUNS * Lanes.BYTES;

    /** Whether this product is of the kind described above. */
    static boolean suits(int m, int k, MatrixOperand b) {
        boolean streamed = b.colStride() == 1 && m <= MAX_STREAMED_ROWS;
        boolean dotted = b.rowStride() == 1 && m <= MAX_ROWS;
        return (streamed || dotted) && b.type() != ElementType.F64 && (long) m * k <= MAX_LEFT_ELEMENTS;
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
        int done = 0;
        while (done < cols) {
            int width = Math.min(RUN, cols - done);
            if (c.type() == ElementType.F32 && c.colStride() == 1) {
                strip(m, j + done, width, k, a, b, c.at(0, j + done), c.rowBytes());
            } else {
                long buffer = sums.reserve(m * RUN_BYTES);
                strip(m, j + done, width, k, a, b, buffer, RUN_BYTES);
                for (int row = 0; row < m; row++) {
                    Widening.scatter(buffer + row * RUN_BYTES, c.type(), c.at(row, j + done), c.colBytes(), width);
                }
            }
            done += width;
        }
    }

    private void strip(int m, int j, int cols, int k, MatrixOperand a, MatrixOperand b, long target,
            long targetStride) {
        for (int row = 0; row < m; row++) {
            Spans.clear(target + row * targetStride, (long) cols * Float.BYTES);
        }
        if (b.colStride() == 1 && m <= MAX_STREAMED_ROWS) {
            stream(m, j, cols, k, a, b, target, targetStride);
        } else {
            dots(m, j, cols, k, a, b, target, targetStride);
        }
    }

    private void stream(int m, int j, int cols, int k, MatrixOperand a, MatrixOperand b, long target,
            long targetStride) {
        boolean widen = widens(m, b);
        RunKernel kernel = widen || b.type() == ElementType.F32 ? FloatRuns.INSTANCE : Bfloat16Runs.INSTANCE;
        long stride = widen ? RUN_BYTES : b.rowBytes();
        int p = 0;
        for (; p <= k - RUNS; p += RUNS) {
            long runs = widen ? widenRuns(b.type(), b.at(p, j), b.rowBytes(), RUNS, cols) : b.at(p, j);
            for (int row = 0; row < m; row++) {
                kernel.addFour(a.at(row, p), runs, stride, target + row * targetStride, cols);
            }
        }
        for (; p < k; p++) {
            long run = widen ? widenRuns(b.type(), b.at(p, j), b.rowBytes(), 1, cols) : b.at(p, j);
            for (int row = 0; row < m; row++) {
                kernel.addOne(Elements.getFloat(a.at(row, p)), run, target + row * targetStride, cols);
            }
        }
    }

    private void dots(int m, int j, int cols, int k, MatrixOperand a, MatrixOperand b, long target,
            long targetStride) {
        boolean widen = widens(m, b);
        RunKernel kernel = widen || b.type() == ElementType.F32 ? FloatRuns.INSTANCE : Bfloat16Runs.INSTANCE;
        long stride = widen ? RUN_BYTES : b.colBytes();
        for (int col = 0; col < cols; col += RUNS) {
            int present = Math.min(RUNS, cols - col);
            for (int done = 0; done < k; done += RUN) {
                int depth = Math.min(RUN, k - done);
                long source = b.at(done, (long) j + col);
                long runs = widen ? widenRuns(b.type(), source, b.colBytes(), present, depth) : source;
                for (int row = 0; row < m; row++) {
                    long sum = target + row * targetStride + (long) col * Float.BYTES;
                    dotRow(kernel, present, a.at(row, done), runs, stride, depth, sum);
                }
            }
        }
    }

    private void dotRow(RunKernel kernel, int present, long x, long runs, long stride, int depth, long sums) {
        if (present == RUNS) {
            kernel.dotFour(x, runs, stride, depth, partials, tails);
        } else {
            for (int i = 0; i < present; i++) {
                kernel.dotOne(x, runs + i * stride, depth, partials + (long) i * Lanes.BYTES,
                        tails + (long) i * Float.BYTES);
            }
        }
        for (int i = 0; i < present; i++) {
            long sum = sums + (long) i * Float.BYTES;
            float tail = Elements.getFloat(tails + (long) i * Float.BYTES);
            Elements.putFloat(sum, Elements.getFloat(sum) + Lanes.sum(partials + (long) i * Lanes.BYTES) + tail);
        }
    }

    private static boolean widens(int m, MatrixOperand b) {
        return b.type() == ElementType.F16 || m > 1 && b.type() == ElementType.BF16;
    }

    private long widenRuns(ElementType type, long source, long stride, int count, int length) {
        long buffer = widened.reserve(RUNS * RUN_BYTES);
        for (int i = 0; i < count; i++) {
            Widening.widen(type, source + i * stride, buffer + i * RUN_BYTES, length);
        }
        return buffer;
    }
}
