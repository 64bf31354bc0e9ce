package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.Lanes.BYTES;
import static dev.kiln.backends.cpu.vector.Lanes.FLOATS;
import static dev.kiln.backends.cpu.vector.Lanes.loadFloats;
import static dev.kiln.backends.cpu.vector.Lanes.store;

import dev.kiln.backends.cpu.ElementType;
import dev.kiln.backends.cpu.MatrixOperand;
import dev.kiln.backends.cpu.Elements;
import jdk.incubator.vector.FloatVector;

/** The blocked product with float32 accumulators, for float32, float16 and bfloat16 operands. */
final class FloatTiledProduct extends TiledProduct {

    private static final int TILE_COLS = 2 * Lanes.FLOAT_COUNT;

    /**
     * Packed rows live in a Java array: a broadcast from an array costs the compiler fewer nodes than one from a
     * segment, which is what keeps the unrolled tile inside its limits and the accumulators in registers.
     */
    private final float[] packedRows = new float[PACKED_ROWS * DEPTH];

    private final Scratch line = new Scratch();

    FloatTiledProduct() {
        super(TILE_COLS, Float.BYTES);
    }

    @Override
    boolean accumulatesIn(MatrixOperand c) {
        return c.type() == ElementType.F32 && c.colStride() == 1;
    }

    @Override
    void scatter(long source, MatrixOperand c, long target, long stride, int count) {
        Widening.scatter(source, c.type(), target, stride, count);
    }

    @Override
    void packRows(MatrixOperand a, long source, int rows, int depth) {
        for (int row = 0; row < rows; row += TILE_ROWS) {
            int present = Math.min(TILE_ROWS, rows - row);
            long corner = source + row * a.rowBytes();
            int base = row * depth;
            if (present == TILE_ROWS && a.type() == ElementType.F32) {
                packFourRows(corner, a.rowBytes(), a.colBytes(), depth, base);
                continue;
            }
            long lineAddress = line.reserve((long) DEPTH * Float.BYTES);
            for (int r = 0; r < present; r++) {
                Widening.gather(a.type(), corner + r * a.rowBytes(), a.colBytes(), lineAddress, depth);
                interleave(lineAddress, depth, base + r);
            }
            for (int r = present; r < TILE_ROWS; r++) {
                clearRow(depth, base + r);
            }
        }
    }

    private void packFourRows(long source, long rowBytes, long colBytes, int depth, int base) {
        float[] packed = packedRows;
        long row1 = source + rowBytes;
        long row2 = row1 + rowBytes;
        long row3 = row2 + rowBytes;
        for (int p = 0; p < depth; p++) {
            long offset = p * colBytes;
            packed[base + 4 * p] = Elements.getFloat(source + offset);
            packed[base + 4 * p + 1] = Elements.getFloat(row1 + offset);
            packed[base + 4 * p + 2] = Elements.getFloat(row2 + offset);
            packed[base + 4 * p + 3] = Elements.getFloat(row3 + offset);
        }
    }

    private void interleave(long source, int depth, int base) {
        for (int p = 0; p < depth; p++) {
            packedRows[base + TILE_ROWS * p] = Elements.getFloat(source + 4L * p);
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
            if (b.colStride() == 1 && present == TILE_COLS) {
                Widening.widenPanel(b.type(), corner, b.rowBytes(), panel, depth);
            } else if (b.colStride() == 1) {
                packAlongRows(b, corner, depth, present, panel);
            } else {
                packAlongColumns(b, corner, depth, present, panel);
            }
            panel += (long) depth * TILE_COLS * Float.BYTES;
        }
    }

    private static void packAlongRows(MatrixOperand b, long source, int depth, int present, long panel) {
        long width = (long) TILE_COLS * Float.BYTES;
        long missing = (long) (TILE_COLS - present) * Float.BYTES;
        for (int p = 0; p < depth; p++) {
            long target = panel + p * width;
            Widening.widen(b.type(), source + p * b.rowBytes(), target, present);
            Spans.clear(target + width - missing, missing);
        }
    }

    private void packAlongColumns(MatrixOperand b, long source, int depth, int present, long panel) {
        long lineAddress = line.reserve((long) DEPTH * Float.BYTES);
        for (int col = 0; col < TILE_COLS; col++) {
            if (col < present) {
                Widening.gather(b.type(), source + col * b.colBytes(), b.rowBytes(), lineAddress, depth);
            } else {
                Spans.clear(lineAddress, (long) depth * Float.BYTES);
            }
            spread(lineAddress, depth, panel + (long) col * Float.BYTES);
        }
    }

    private static void spread(long source, int depth, long target) {
        for (int p = 0; p < depth; p++) {
            Elements.putFloat(target + (long) p * (TILE_COLS * Float.BYTES), Elements.getFloat(source + 4L * p));
        }
    }

    @Override
    void tile(int depth, int row, long panel, long target, long targetStride) {
        tile(depth, packedRows, row * depth, panel, target, targetStride);
    }

    /** Straight-line locals, because only those are certain to become registers. */
    private static void tile(int depth, float[] rows, int base, long panel, long target0, long stride) {
        long target1 = target0 + stride;
        long target2 = target1 + stride;
        long target3 = target2 + stride;
        FloatVector sum00 = loadFloats(target0);
        FloatVector sum01 = loadFloats(target0 + BYTES);
        FloatVector sum10 = loadFloats(target1);
        FloatVector sum11 = loadFloats(target1 + BYTES);
        FloatVector sum20 = loadFloats(target2);
        FloatVector sum21 = loadFloats(target2 + BYTES);
        FloatVector sum30 = loadFloats(target3);
        FloatVector sum31 = loadFloats(target3 + BYTES);
        for (int p = 0; p < depth; p++) {
            long at = panel + (long) p * (2 * BYTES);
            FloatVector left = loadFloats(at);
            FloatVector right = loadFloats(at + BYTES);
            int r = base + TILE_ROWS * p;
            FloatVector factor = FloatVector.broadcast(FLOATS, rows[r]);
            sum00 = factor.fma(left, sum00);
            sum01 = factor.fma(right, sum01);
            factor = FloatVector.broadcast(FLOATS, rows[r + 1]);
            sum10 = factor.fma(left, sum10);
            sum11 = factor.fma(right, sum11);
            factor = FloatVector.broadcast(FLOATS, rows[r + 2]);
            sum20 = factor.fma(left, sum20);
            sum21 = factor.fma(right, sum21);
            factor = FloatVector.broadcast(FLOATS, rows[r + 3]);
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
