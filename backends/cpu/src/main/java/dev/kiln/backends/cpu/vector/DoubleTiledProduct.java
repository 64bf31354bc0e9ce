package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.Lanes.BYTES;
import static dev.kiln.backends.cpu.vector.Lanes.DOUBLES;
import static dev.kiln.backends.cpu.vector.Lanes.loadDoubles;
import static dev.kiln.backends.cpu.vector.Lanes.store;

import dev.kiln.backends.cpu.MatrixOperand;
import dev.kiln.backends.cpu.Elements;
import jdk.incubator.vector.DoubleVector;

/** The blocked product in float64. */
final class DoubleTiledProduct extends TiledProduct {

    private static final int TILE_COLS = 2 * Lanes.DOUBLE_COUNT;

    private final double[] packedRows = new double[PACKED_ROWS * DEPTH];

    DoubleTiledProduct() {
        super(TILE_COLS, Double.BYTES);
    }

    @Override
    boolean accumulatesIn(MatrixOperand c) {
        return c.colStride() == 1;
    }

    @Override
    void scatter(long source, MatrixOperand c, long target, long stride, int count) {
        for (int i = 0; i < count; i++) {
            Elements.putDouble(target + i * stride, Elements.getDouble(source + 8L * i));
        }
    }

    @Override
    void packRows(MatrixOperand a, long source, int rows, int depth) {
        for (int row = 0; row < rows; row += TILE_ROWS) {
            int present = Math.min(TILE_ROWS, rows - row);
            for (int r = 0; r < TILE_ROWS; r++) {
                if (r < present) {
                    packRow(source + (row + r) * a.rowBytes(), a.colBytes(), depth, row * depth + r);
                } else {
                    clearRow(depth, row * depth + r);
                }
            }
        }
    }

    private void packRow(long source, long stride, int depth, int base) {
        for (int p = 0; p < depth; p++) {
            packedRows[base + TILE_ROWS * p] = Elements.getDouble(source + p * stride);
        }
    }

    private void clearRow(int depth, int base) {
        for (int p = 0; p < depth; p++) {
            packedRows[base + TILE_ROWS * p] = 0;
        }
    }

    @Override
    void packColumns(MatrixOperand b, long source, int depth, int cols, long target) {
        long panel = target;
        for (int col = 0; col < cols; col += TILE_COLS) {
            int present = Math.min(TILE_COLS, cols - col);
            long corner = source + col * b.colBytes();
            for (int p = 0; p < depth; p++) {
                packRun(corner + p * b.rowBytes(), b.colBytes(), present, panel + (long) p * (2 * BYTES));
            }
            panel += (long) depth * (2 * BYTES);
        }
    }

    private static void packRun(long source, long stride, int present, long target) {
        for (int c = 0; c < present; c++) {
            Elements.putDouble(target + 8L * c, Elements.getDouble(source + c * stride));
        }
        for (int c = present; c < TILE_COLS; c++) {
            Elements.putDouble(target + 8L * c, 0);
        }
    }

    @Override
    void tile(int depth, int row, long panel, long target, long targetStride) {
        tile(depth, packedRows, row * depth, panel, target, targetStride);
    }

    /** Straight-line locals, because only those are certain to become registers. */
    private static void tile(int depth, double[] rows, int base, long panel, long target0, long stride) {
        long target1 = target0 + stride;
        long target2 = target1 + stride;
        long target3 = target2 + stride;
        DoubleVector sum00 = loadDoubles(target0);
        DoubleVector sum01 = loadDoubles(target0 + BYTES);
        DoubleVector sum10 = loadDoubles(target1);
        DoubleVector sum11 = loadDoubles(target1 + BYTES);
        DoubleVector sum20 = loadDoubles(target2);
        DoubleVector sum21 = loadDoubles(target2 + BYTES);
        DoubleVector sum30 = loadDoubles(target3);
        DoubleVector sum31 = loadDoubles(target3 + BYTES);
        for (int p = 0; p < depth; p++) {
            long at = panel + (long) p * (2 * BYTES);
            DoubleVector left = loadDoubles(at);
            DoubleVector right = loadDoubles(at + BYTES);
            int r = base + TILE_ROWS * p;
            DoubleVector factor = DoubleVector.broadcast(DOUBLES, rows[r]);
            sum00 = factor.fma(left, sum00);
            sum01 = factor.fma(right, sum01);
            factor = DoubleVector.broadcast(DOUBLES, rows[r + 1]);
            sum10 = factor.fma(left, sum10);
            sum11 = factor.fma(right, sum11);
            factor = DoubleVector.broadcast(DOUBLES, rows[r + 2]);
            sum20 = factor.fma(left, sum20);
            sum21 = factor.fma(right, sum21);
            factor = DoubleVector.broadcast(DOUBLES, rows[r + 3]);
            sum30 = factor.fma(left, sum30);
            sum31 = factor.fma(right, sum31);
        }
        store(sum00, target0);
        store(sum01, target0 + BYTES);
        store(sum10, target1);
        store(sum11, target1 + BYTES);
        store(sum20, target2);
        store(sum21, target2 + BYTES);
        store(sum30, target3);
        store(sum31, target3 + BYTES);
    }
}
