package dev.kiln.backends.cpu;

import dev.kiln.streams.Workers;
import java.util.Arrays;

/**
 * Matrix products in plain loops, for a virtual machine that runs without the vector module.
 *
 * <p>A block of the result of at most 64×256 is one task. Over a depth of 128 the right factor is copied to a Java
 * array, widened; then every row of the block is a sum of scaled rows of that copy. The innermost loop runs over
 * arrays with the same index everywhere, so that the compiler may assume its steps independent even should two
 * arrays be one, and turns it into vector instructions.
 */
public final class ScalarMatrixProduct implements MatrixProduct {

    private static final int ROWS = 64;
    private static final int COLS = 256;
    private static final int DEPTH = 128;
    private static final int IDLE_SCRATCH = Math.max(4, Runtime.getRuntime().availableProcessors());

    private final Pool<FloatBlock> floats = new Pool<>(IDLE_SCRATCH, FloatBlock::new);
    private final Pool<DoubleBlock> doubles = new Pool<>(IDLE_SCRATCH, DoubleBlock::new);

    @Override
    public void multiply(int m, int n, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c, Workers workers) {
        MatrixProduct.check(m, n, k, a, b, c);
        if (m == 0 || n == 0) {
            return;
        }
        BlockGrid grid = BlockGrid.divide(m, n, k, ROWS, COLS, 16, 64, workers.count());
        int blocks = grid.count();
        if (blocks == 1 || workers.count() == 1) {
            for (int block = 0; block < blocks; block++) {
                multiplyBlock(grid, block, k, a, b, c);
            }
        } else {
            workers.run(blocks, block -> multiplyBlock(grid, block, k, a, b, c));
        }
    }

    private void multiplyBlock(BlockGrid grid, int index, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c) {
        int row = grid.row(index);
        int col = grid.col(index);
        if (c.type() == ElementType.F64) {
            DoubleBlock block = doubles.acquire();
            block.multiply(row, col, grid.rowsOf(index), grid.colsOf(index), k, a, b, c);
            doubles.release(block);
        } else {
            FloatBlock block = floats.acquire();
            block.multiply(row, col, grid.rowsOf(index), grid.colsOf(index), k, a, b, c);
            floats.release(block);
        }
    }

    private static final class FloatBlock {

        private final float[][] sums = new float[ROWS][COLS];
        private final float[][] right = new float[DEPTH][COLS];

        void multiply(int i, int j, int rows, int cols, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c) {
            for (int row = 0; row < rows; row++) {
                Arrays.fill(sums[row], 0);
            }
            for (long p = 0; p < k; p += DEPTH) {
                int depth = (int) Math.min(DEPTH, k - p);
                for (int q = 0; q < depth; q++) {
                    gather(b, b.at(p + q, j), cols, right[q]);
                }
                for (int row = 0; row < rows; row++) {
                    for (int q = 0; q < depth; q++) {
                        float factor = Elements.get(a.type(), a.at((long) i + row, p + q));
                        addScaled(factor, right[q], sums[row], cols);
                    }
                }
            }
            for (int row = 0; row < rows; row++) {
                for (int col = 0; col < cols; col++) {
                    Elements.put(c.type(), c.at((long) i + row, (long) j + col), sums[row][col]);
                }
            }
        }

        private static void gather(MatrixOperand b, long source, int cols, float[] target) {
            long stride = b.colBytes();
            for (int col = 0; col < cols; col++) {
                target[col] = Elements.get(b.type(), source + col * stride);
            }
        }

        private static void addScaled(float factor, float[] from, float[] to, int count) {
            for (int i = 0; i < count; i++) {
                to[i] += factor * from[i];
            }
        }
    }

    private static final class DoubleBlock {

        private final double[][] sums = new double[ROWS][COLS];
        private final double[][] right = new double[DEPTH][COLS];

        void multiply(int i, int j, int rows, int cols, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c) {
            for (int row = 0; row < rows; row++) {
                Arrays.fill(sums[row], 0);
            }
            for (long p = 0; p < k; p += DEPTH) {
                int depth = (int) Math.min(DEPTH, k - p);
                for (int q = 0; q < depth; q++) {
                    gather(b.at(p + q, j), b.colBytes(), cols, right[q]);
                }
                for (int row = 0; row < rows; row++) {
                    for (int q = 0; q < depth; q++) {
                        double factor = Elements.getDouble(a.at((long) i + row, p + q));
                        addScaled(factor, right[q], sums[row], cols);
                    }
                }
            }
            for (int row = 0; row < rows; row++) {
                for (int col = 0; col < cols; col++) {
                    Elements.putDouble(c.at((long) i + row, (long) j + col), sums[row][col]);
                }
            }
        }

        private static void gather(long source, long stride, int cols, double[] target) {
            for (int col = 0; col < cols; col++) {
                target[col] = Elements.getDouble(source + col * stride);
            }
        }

        private static void addScaled(double factor, double[] from, double[] to, int count) {
            for (int i = 0; i < count; i++) {
                to[i] += factor * from[i];
            }
        }
    }
}
