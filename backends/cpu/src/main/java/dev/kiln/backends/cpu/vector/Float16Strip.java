package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.Elements;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.MatrixOperand;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Strips of a {@link SkinnyProduct} with rows of IEEE halves. The Vector API has no conversion of them, but the JIT compiler
 * makes the processor's own out of plain loops, which read off-heap memory and write to Java arrays: were both off-heap, it could
 * not tell them apart. Each loop is compiled by itself, for the reason that {@link Float16Norm} is.
 *
 * <p>
 * An instance owns its buffers and serves one thread at a time.
 */
final class Float16Strip {

    private static final int LANES = Lanes.FLOAT_COUNT;

    private static final Float16Sums EIGHT = apart(new Eight());
    private static final Float16Sums FOUR = apart(new Four());
    private static final Float16Sums ONE = apart(new One());

    private float[] sums = {};

    private static Float16Sums apart(Float16Sums loop) {
        return LoopTemplate.apart(MethodHandles.lookup(), Float16Sums.class, loop);
    }

    /** Multiplies {@code m} contiguous rows of float32 with {@code cols} columns of a matrix whose rows are contiguous. */
    void multiply(int m, int cols, int k, MatrixOperand a, MatrixOperand b, MatrixOperand target) {
        if (sums.length < cols) {
            sums = new float[cols];
        }
        for (int row = 0; row < m; row++) {
            Arrays.fill(sums, 0, cols, 0);
            int done = add(EIGHT, 8, 0, cols, k, a.from(row, 0), b);
            done = add(FOUR, 4, done, cols, k, a.from(row, 0), b);
            add(ONE, 1, done, cols, k, a.from(row, 0), b);
            write(sums, cols, target.at(row, 0));
        }
    }

    /** Adds rows from {@code p} on, {@code together} at a time, as long as there are so many; returns where it has stopped. */
    private int add(Float16Sums loop, int together, int p, int cols, int k, MatrixOperand a, MatrixOperand b) {
        int row = p;
        for (; row <= k - together; row += together) {
            loop.run(a.at(0, row), b.at(row, 0), b.rowBytes(), sums, cols);
        }
        return row;
    }

    private static final class Eight implements Float16Sums {
        @Override
        public void run(long factors, long rows, long stride, float[] sums, int count) {
            float factor0 = Elements.getFloat(factors);
            float factor1 = Elements.getFloat(factors + Float.BYTES);
            float factor2 = Elements.getFloat(factors + 2 * Float.BYTES);
            float factor3 = Elements.getFloat(factors + 3 * Float.BYTES);
            float factor4 = Elements.getFloat(factors + 4 * Float.BYTES);
            float factor5 = Elements.getFloat(factors + 5 * Float.BYTES);
            float factor6 = Elements.getFloat(factors + 6 * Float.BYTES);
            float factor7 = Elements.getFloat(factors + 7 * Float.BYTES);
            long row1 = rows + stride;
            long row2 = row1 + stride;
            long row3 = row2 + stride;
            long row4 = row3 + stride;
            long row5 = row4 + stride;
            long row6 = row5 + stride;
            long row7 = row6 + stride;
            for (int i = 0; i < count; i++) {
                float sum = Math.fma(factor0, Halves.read(rows + 2L * i), sums[i]);
                sum = Math.fma(factor1, Halves.read(row1 + 2L * i), sum);
                sum = Math.fma(factor2, Halves.read(row2 + 2L * i), sum);
                sum = Math.fma(factor3, Halves.read(row3 + 2L * i), sum);
                sum = Math.fma(factor4, Halves.read(row4 + 2L * i), sum);
                sum = Math.fma(factor5, Halves.read(row5 + 2L * i), sum);
                sum = Math.fma(factor6, Halves.read(row6 + 2L * i), sum);
                sums[i] = Math.fma(factor7, Halves.read(row7 + 2L * i), sum);
            }
        }
    }

    private static final class Four implements Float16Sums {
        @Override
        public void run(long factors, long rows, long stride, float[] sums, int count) {
            float factor0 = Elements.getFloat(factors);
            float factor1 = Elements.getFloat(factors + Float.BYTES);
            float factor2 = Elements.getFloat(factors + 2 * Float.BYTES);
            float factor3 = Elements.getFloat(factors + 3 * Float.BYTES);
            long row1 = rows + stride;
            long row2 = row1 + stride;
            long row3 = row2 + stride;
            for (int i = 0; i < count; i++) {
                float sum = Math.fma(factor0, Halves.read(rows + 2L * i), sums[i]);
                sum = Math.fma(factor1, Halves.read(row1 + 2L * i), sum);
                sum = Math.fma(factor2, Halves.read(row2 + 2L * i), sum);
                sums[i] = Math.fma(factor3, Halves.read(row3 + 2L * i), sum);
            }
        }
    }

    private static final class One implements Float16Sums {
        @Override
        public void run(long factors, long rows, long stride, float[] sums, int count) {
            float factor = Elements.getFloat(factors);
            for (int i = 0; i < count; i++) {
                sums[i] = Math.fma(factor, Halves.read(rows + 2L * i), sums[i]);
            }
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
}
