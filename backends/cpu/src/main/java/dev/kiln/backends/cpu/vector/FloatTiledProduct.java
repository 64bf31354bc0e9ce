package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.Elements.ADDRESS;
import static dev.kiln.backends.cpu.Elements.ALL;
import static dev.kiln.backends.cpu.vector.Lanes.BYTES;
import static dev.kiln.backends.cpu.vector.Lanes.FLOATS;
import static dev.kiln.backends.cpu.vector.Lanes.ORDER;

import dev.kiln.backends.cpu.ElementType;
import dev.kiln.backends.cpu.MatrixOperand;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/** The blocked product with float32 accumulators, for float32, float16 and bfloat16 operands. */
final class FloatTiledProduct extends TiledProduct {

    private static final int TILE_COLS = 2 * Lanes.FLOAT_COUNT;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    FloatTiledProduct() {
        super(TILE_COLS, Float.BYTES);
    }

    @Override
    boolean accumulatesIn(MatrixOperand c) {
        return isPlain(c);
    }

    @Override
    boolean isPlain(MatrixOperand a) {
        return a.type() == ElementType.F32 && a.colStride() == 1;
    }

    @Override
    MatrixOperand packed(long address, long rowBytes) {
        return new MatrixOperand(address, rowBytes / Float.BYTES, 1, ElementType.F32);
    }

    @Override
    void scatter(long source, MatrixOperand c, long target, long stride, int count) {
        Widening.scatter(source, c.type(), target, stride, count);
    }

    @Override
    void packRows(MatrixOperand a, int rows, int depth, long target, long stride) {
        if (a.rowStride() == 1 && a.colStride() != 1) {
            Transposition.toFloats(a.type(), a.address(), a.colBytes(), depth, rows, target, stride);
            return;
        }
        for (int row = 0; row < rows; row++) {
            Widening.gather(a.type(), a.at(row, 0), a.colBytes(), target + row * stride, depth);
        }
    }

    @Override
    void packPanel(MatrixOperand b, int depth, int cols, long target) {
        if (cols == 1) {
            Widening.gather(b.type(), b.address(), b.rowBytes(), target, depth);
            return;
        }
        int width = cols > Lanes.FLOAT_COUNT ? TILE_COLS : Lanes.FLOAT_COUNT;
        long stride = (long) width * Float.BYTES;
        int done = 0;
        if (b.colStride() == 1) {
            done = packWholeRows(b, depth, cols, width, target);
        } else if (b.rowStride() == 1) {
            Transposition.toFloats(b.type(), b.address(), b.colBytes(), cols, depth, target, stride);
            clearPadding(depth, cols, width, target);
            return;
        }
        for (int p = done; p < depth; p++) {
            Widening.gather(b.type(), b.at(p, 0), b.colBytes(), target + p * stride, cols);
        }
        clearPadding(depth - done, cols, width, target + done * stride);
    }

    /**
     * Packs rows by whole vectors, with whatever lies behind their ends as padding, as long as that is elements of the
     * matrix; returns how many.
     */
    private static int packWholeRows(MatrixOperand b, int depth, int cols, int width, long target) {
        int rows = depth;
        if (cols < width) {
            if (b.rowStride() <= 0) {
                return 0;
            }
            long beyond = Math.ceilDiv((long) width - cols, b.rowStride());
            rows = (int) Math.max(0, depth - beyond);
        }
        if (width == TILE_COLS) {
            long apart = (long) Lanes.FLOAT_COUNT * b.type().bytes();
            Widening.widenPanel(b.type(), b.address(), apart, b.rowBytes(), target, rows);
            return rows;
        }
        // a panel of one vector a row is packed like one of two, with two rows at a time
        Widening.widenPanel(b.type(), b.address(), b.rowBytes(), 2 * b.rowBytes(), target, rows / 2);
        return rows / 2 * 2;
    }

    private static void clearPadding(int depth, int cols, int width, long target) {
        for (int p = 0; cols < width && p < depth; p++) {
            Spans.clear(target + ((long) p * width + cols) * Float.BYTES, (long) (width - cols) * Float.BYTES);
        }
    }

    @Override
    void tile(int depth, int rows, int cols, long left, long leftStride, long panel, long panelStride, long begin,
            long beginStride, long target, long targetStride) {
        if (cols > Lanes.FLOAT_COUNT) {
            wideTile(depth, rows - 1, left, leftStride, panel, panelStride, begin, beginStride, target,
                    targetStride);
        } else if (cols > 1) {
            narrowTile(depth, rows - 1, left, leftStride, panel, panelStride, begin, beginStride, target,
                    targetStride);
        } else {
            for (int r = 0; r < rows; r++) {
                ALL.set(FLOAT, target + r * targetStride & ADDRESS,
                        dot(depth, left + r * leftStride, panel, ALL.get(FLOAT, begin + r * beginStride & ADDRESS)));
            }
        }
    }

    /**
     * Straight-line locals, because only those are certain to become registers, and memory read and written by the JDK's
     * own methods: beyond a certain size of the whole the compiler inlines no others, and a vector that meets a call goes
     * to the heap. For a row that is not there the last one is taken again.
     */
    private static void wideTile(int depth, int lastRow, long left, long leftStride, long panel, long panelStride,
            long begin, long beginStride, long target, long stride) {
        long left0 = left & ADDRESS;
        long left1 = left + Math.min(1, lastRow) * leftStride & ADDRESS;
        long left2 = left + Math.min(2, lastRow) * leftStride & ADDRESS;
        long left3 = left + Math.min(3, lastRow) * leftStride & ADDRESS;
        long left4 = left + Math.min(4, lastRow) * leftStride & ADDRESS;
        long left5 = left + Math.min(5, lastRow) * leftStride & ADDRESS;
        long right0 = panel & ADDRESS;
        long rightStride = panelStride & STRIDES;
        long begin0 = begin & ADDRESS;
        FloatVector sum00 = FloatVector.fromMemorySegment(FLOATS, ALL, begin0, ORDER);
        FloatVector sum01 = FloatVector.fromMemorySegment(FLOATS, ALL, begin0 + BYTES, ORDER);
        long begin1 = begin + Math.min(1, lastRow) * beginStride & ADDRESS;
        FloatVector sum10 = FloatVector.fromMemorySegment(FLOATS, ALL, begin1, ORDER);
        FloatVector sum11 = FloatVector.fromMemorySegment(FLOATS, ALL, begin1 + BYTES, ORDER);
        long begin2 = begin + Math.min(2, lastRow) * beginStride & ADDRESS;
        FloatVector sum20 = FloatVector.fromMemorySegment(FLOATS, ALL, begin2, ORDER);
        FloatVector sum21 = FloatVector.fromMemorySegment(FLOATS, ALL, begin2 + BYTES, ORDER);
        long begin3 = begin + Math.min(3, lastRow) * beginStride & ADDRESS;
        FloatVector sum30 = FloatVector.fromMemorySegment(FLOATS, ALL, begin3, ORDER);
        FloatVector sum31 = FloatVector.fromMemorySegment(FLOATS, ALL, begin3 + BYTES, ORDER);
        long begin4 = begin + Math.min(4, lastRow) * beginStride & ADDRESS;
        FloatVector sum40 = FloatVector.fromMemorySegment(FLOATS, ALL, begin4, ORDER);
        FloatVector sum41 = FloatVector.fromMemorySegment(FLOATS, ALL, begin4 + BYTES, ORDER);
        long begin5 = begin + Math.min(5, lastRow) * beginStride & ADDRESS;
        FloatVector sum50 = FloatVector.fromMemorySegment(FLOATS, ALL, begin5, ORDER);
        FloatVector sum51 = FloatVector.fromMemorySegment(FLOATS, ALL, begin5 + BYTES, ORDER);
        for (int p = 0; p < (depth & DEPTHS); p++) {
            long index = p & DEPTHS;
            long at = right0 + index * rightStride;
            long step = index * Float.BYTES;
            FloatVector near = FloatVector.fromMemorySegment(FLOATS, ALL, at, ORDER);
            FloatVector far = FloatVector.fromMemorySegment(FLOATS, ALL, at + BYTES, ORDER);
            FloatVector factor = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left0 + step));
            sum00 = factor.fma(near, sum00);
            sum01 = factor.fma(far, sum01);
            factor = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left1 + step));
            sum10 = factor.fma(near, sum10);
            sum11 = factor.fma(far, sum11);
            factor = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left2 + step));
            sum20 = factor.fma(near, sum20);
            sum21 = factor.fma(far, sum21);
            factor = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left3 + step));
            sum30 = factor.fma(near, sum30);
            sum31 = factor.fma(far, sum31);
            factor = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left4 + step));
            sum40 = factor.fma(near, sum40);
            sum41 = factor.fma(far, sum41);
            factor = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left5 + step));
            sum50 = factor.fma(near, sum50);
            sum51 = factor.fma(far, sum51);
        }
        long target0 = target & ADDRESS;
        sum00.intoMemorySegment(ALL, target0, ORDER);
        sum01.intoMemorySegment(ALL, target0 + BYTES, ORDER);
        long target1 = target + Math.min(1, lastRow) * stride & ADDRESS;
        sum10.intoMemorySegment(ALL, target1, ORDER);
        sum11.intoMemorySegment(ALL, target1 + BYTES, ORDER);
        long target2 = target + Math.min(2, lastRow) * stride & ADDRESS;
        sum20.intoMemorySegment(ALL, target2, ORDER);
        sum21.intoMemorySegment(ALL, target2 + BYTES, ORDER);
        long target3 = target + Math.min(3, lastRow) * stride & ADDRESS;
        sum30.intoMemorySegment(ALL, target3, ORDER);
        sum31.intoMemorySegment(ALL, target3 + BYTES, ORDER);
        long target4 = target + Math.min(4, lastRow) * stride & ADDRESS;
        sum40.intoMemorySegment(ALL, target4, ORDER);
        sum41.intoMemorySegment(ALL, target4 + BYTES, ORDER);
        long target5 = target + Math.min(5, lastRow) * stride & ADDRESS;
        sum50.intoMemorySegment(ALL, target5, ORDER);
        sum51.intoMemorySegment(ALL, target5 + BYTES, ORDER);
    }

    /**
     * The same, one vector wide. Even and odd steps have sums of their own, so as many are under way. The loop ends by inequality:
     * the compiler would unroll it otherwise, and let all additions to a sum follow one another.
     */
    private static void narrowTile(int depth, int lastRow, long left, long leftStride, long panel, long panelStride,
            long begin, long beginStride, long target, long stride) {
        long left0 = left & ADDRESS;
        long left1 = left + Math.min(1, lastRow) * leftStride & ADDRESS;
        long left2 = left + Math.min(2, lastRow) * leftStride & ADDRESS;
        long left3 = left + Math.min(3, lastRow) * leftStride & ADDRESS;
        long left4 = left + Math.min(4, lastRow) * leftStride & ADDRESS;
        long left5 = left + Math.min(5, lastRow) * leftStride & ADDRESS;
        long right0 = panel & ADDRESS;
        long rightStride = panelStride & STRIDES;
        long begin0 = begin & ADDRESS;
        FloatVector sum0 = FloatVector.fromMemorySegment(FLOATS, ALL, begin0, ORDER);
        long begin1 = begin + Math.min(1, lastRow) * beginStride & ADDRESS;
        FloatVector sum1 = FloatVector.fromMemorySegment(FLOATS, ALL, begin1, ORDER);
        long begin2 = begin + Math.min(2, lastRow) * beginStride & ADDRESS;
        FloatVector sum2 = FloatVector.fromMemorySegment(FLOATS, ALL, begin2, ORDER);
        long begin3 = begin + Math.min(3, lastRow) * beginStride & ADDRESS;
        FloatVector sum3 = FloatVector.fromMemorySegment(FLOATS, ALL, begin3, ORDER);
        long begin4 = begin + Math.min(4, lastRow) * beginStride & ADDRESS;
        FloatVector sum4 = FloatVector.fromMemorySegment(FLOATS, ALL, begin4, ORDER);
        long begin5 = begin + Math.min(5, lastRow) * beginStride & ADDRESS;
        FloatVector sum5 = FloatVector.fromMemorySegment(FLOATS, ALL, begin5, ORDER);
        FloatVector odd0 = FloatVector.zero(FLOATS);
        FloatVector odd1 = FloatVector.zero(FLOATS);
        FloatVector odd2 = FloatVector.zero(FLOATS);
        FloatVector odd3 = FloatVector.zero(FLOATS);
        FloatVector odd4 = FloatVector.zero(FLOATS);
        FloatVector odd5 = FloatVector.zero(FLOATS);
        for (int p = 0; p != (depth & ~1); p += 2) {
            long index = p & DEPTHS;
            long at = right0 + index * rightStride;
            long step = index * Float.BYTES;
            FloatVector even = FloatVector.fromMemorySegment(FLOATS, ALL, at, ORDER);
            FloatVector odd = FloatVector.fromMemorySegment(FLOATS, ALL, at + rightStride, ORDER);
            sum0 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left0 + step)).fma(even, sum0);
            odd0 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left0 + step + Float.BYTES)).fma(odd, odd0);
            sum1 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left1 + step)).fma(even, sum1);
            odd1 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left1 + step + Float.BYTES)).fma(odd, odd1);
            sum2 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left2 + step)).fma(even, sum2);
            odd2 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left2 + step + Float.BYTES)).fma(odd, odd2);
            sum3 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left3 + step)).fma(even, sum3);
            odd3 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left3 + step + Float.BYTES)).fma(odd, odd3);
            sum4 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left4 + step)).fma(even, sum4);
            odd4 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left4 + step + Float.BYTES)).fma(odd, odd4);
            sum5 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left5 + step)).fma(even, sum5);
            odd5 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left5 + step + Float.BYTES)).fma(odd, odd5);
        }
        sum0 = sum0.add(odd0);
        sum1 = sum1.add(odd1);
        sum2 = sum2.add(odd2);
        sum3 = sum3.add(odd3);
        sum4 = sum4.add(odd4);
        sum5 = sum5.add(odd5);
        if ((depth & 1) == 1) {
            long index = (depth & DEPTHS) - 1L;
            long step = index * Float.BYTES;
            FloatVector last = FloatVector.fromMemorySegment(FLOATS, ALL, right0 + index * rightStride, ORDER);
            sum0 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left0 + step)).fma(last, sum0);
            sum1 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left1 + step)).fma(last, sum1);
            sum2 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left2 + step)).fma(last, sum2);
            sum3 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left3 + step)).fma(last, sum3);
            sum4 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left4 + step)).fma(last, sum4);
            sum5 = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, left5 + step)).fma(last, sum5);
        }
        long target0 = target & ADDRESS;
        sum0.intoMemorySegment(ALL, target0, ORDER);
        long target1 = target + Math.min(1, lastRow) * stride & ADDRESS;
        sum1.intoMemorySegment(ALL, target1, ORDER);
        long target2 = target + Math.min(2, lastRow) * stride & ADDRESS;
        sum2.intoMemorySegment(ALL, target2, ORDER);
        long target3 = target + Math.min(3, lastRow) * stride & ADDRESS;
        sum3.intoMemorySegment(ALL, target3, ORDER);
        long target4 = target + Math.min(4, lastRow) * stride & ADDRESS;
        sum4.intoMemorySegment(ALL, target4, ORDER);
        long target5 = target + Math.min(5, lastRow) * stride & ADDRESS;
        sum5.intoMemorySegment(ALL, target5, ORDER);
    }

    /** Adds the product of a row and a single column, which lie in memory alike. */
    private static float dot(int depth, long row, long column, float begin) {
        long left = row & ADDRESS;
        long right = column & ADDRESS;
        FloatVector sums = FloatVector.zero(FLOATS);
        int p = 0;
        for (; p <= depth - Lanes.FLOAT_COUNT; p += Lanes.FLOAT_COUNT) {
            long at = (long) (p & DEPTHS) * Float.BYTES;
            sums = FloatVector.fromMemorySegment(FLOATS, ALL, left + at, ORDER)
                    .fma(FloatVector.fromMemorySegment(FLOATS, ALL, right + at, ORDER), sums);
        }
        float sum = begin + Across.sum(sums);
        for (; p < depth; p++) {
            long at = (long) p * Float.BYTES;
            sum = Math.fma(ALL.get(FLOAT, left + at), ALL.get(FLOAT, right + at), sum);
        }
        return sum;
    }
}
