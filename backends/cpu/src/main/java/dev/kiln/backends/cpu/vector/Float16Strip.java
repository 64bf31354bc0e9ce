package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.Elements;
import dev.kiln.backends.cpu.MatrixOperand;
import dev.kiln.graph.OffHeap;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Strips of a {@link SkinnyProduct} with rows of IEEE halves. The Vector API has no conversion of them, but the JIT compiler
 * makes the processor's own out of plain loops, which read off-heap memory and write to Java arrays: were both off-heap, it could
 * not tell them apart.
 *
 * <p>
 * An instance owns its buffers and serves one thread at a time.
 */
final class Float16Strip {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final int RUNS = 4;
    private static final int LANES = Lanes.FLOAT_COUNT;

    private float[] sums = {};

    /** Multiplies {@code m} contiguous rows of float32 with {@code cols} columns of a matrix whose rows are contiguous. */
    void multiply(int m, int cols, int k, MatrixOperand a, MatrixOperand b, MatrixOperand target) {
        if (sums.length < cols) {
            sums = new float[cols];
        }
        for (int row = 0; row < m; row++) {
            stream(cols, k, a.from(row, 0), b);
            write(sums, cols, target.at(row, 0));
        }
    }

    private void stream(int cols, int k, MatrixOperand a, MatrixOperand b) {
        Arrays.fill(sums, 0, cols, 0);
        int p = 0;
        for (; p <= k - RUNS; p += RUNS) {
            addFour(Elements.getFloat(a.at(0, p)), Elements.getFloat(a.at(0, p + 1)), Elements.getFloat(a.at(0, p + 2)),
                    Elements.getFloat(a.at(0, p + 3)), b.at(p, 0), b.rowBytes(), sums, cols);
        }
        for (; p < k; p++) {
            addOne(Elements.getFloat(a.at(0, p)), b.at(p, 0), sums, cols);
        }
    }

    private static void addFour(float factor0, float factor1, float factor2, float factor3, long run, long stride,
            float[] sums, int count) {
        long run1 = run + stride;
        long run2 = run1 + stride;
        long run3 = run2 + stride;
        for (int i = 0; i < count; i++) {
            float sum = Math.fma(factor0, read(run, i), sums[i]);
            sum = Math.fma(factor1, read(run1, i), sum);
            sum = Math.fma(factor2, read(run2, i), sum);
            sums[i] = Math.fma(factor3, read(run3, i), sum);
        }
    }

    private static void addOne(float factor, long run, float[] sums, int count) {
        for (int i = 0; i < count; i++) {
            sums[i] = Math.fma(factor, read(run, i), sums[i]);
        }
    }

    private static void write(float[] from, int count, long to) {
        int whole = Lanes.FLOATS.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            Lanes.store(FloatVector.fromArray(Lanes.FLOATS, from, i), to + 4L * i);
        }
        for (int i = whole; i < count; i++) {
            Elements.putFloat(to + 4L * i, from[i]);
        }
    }

    private static float read(long run, int i) {
        return Float.float16ToFloat(OffHeap.ALL.get(SHORT, run + 2L * i));
    }
}
