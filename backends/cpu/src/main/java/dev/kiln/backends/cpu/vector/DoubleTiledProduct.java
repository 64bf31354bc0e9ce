package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.Elements.ADDRESS;
import static dev.kiln.backends.cpu.Elements.ALL;
import static dev.kiln.backends.cpu.vector.Lanes.BYTES;
import static dev.kiln.backends.cpu.vector.Lanes.DOUBLES;
import static dev.kiln.backends.cpu.vector.Lanes.ORDER;

import dev.kiln.backends.cpu.ElementType;
import dev.kiln.backends.cpu.MatrixOperand;
import dev.kiln.backends.cpu.Elements;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.DoubleVector;

/** The blocked product in float64. */
final class DoubleTiledProduct extends TiledProduct {

    private static final int TILE_COLS = 2 * Lanes.DOUBLE_COUNT;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

    DoubleTiledProduct() {
        super(TILE_COLS, Double.BYTES);
    }

    @Override
    boolean accumulatesIn(MatrixOperand c) {
        return isPlain(c);
    }

    @Override
    boolean isPlain(MatrixOperand a) {
        return a.colStride() == 1;
    }

    @Override
    MatrixOperand packed(long address, long rowBytes) {
        return new MatrixOperand(address, rowBytes / Double.BYTES, 1, ElementType.F64);
    }

    @Override
    void scatter(long source, MatrixOperand c, long target, long stride, int count) {
        for (int i = 0; i < count; i++) {
            Elements.putDouble(target + i * stride, Elements.getDouble(source + 8L * i));
        }
    }

    @Override
    void packRows(MatrixOperand a, int rows, int depth, long target, long stride) {
        if (a.rowStride() == 1) {
            for (int p = 0; p < depth; p++) {
                spread(a.at(0, p), rows, target + 8L * p, stride);
            }
            return;
        }
        for (int row = 0; row < rows; row++) {
            gather(a.at(row, 0), a.colBytes(), depth, target + row * stride);
        }
    }

    @Override
    void packPanel(MatrixOperand b, int depth, int cols, long target) {
        if (cols == 1) {
            gather(b.address(), b.rowBytes(), depth, target);
            return;
        }
        int width = cols > Lanes.DOUBLE_COUNT ? TILE_COLS : Lanes.DOUBLE_COUNT;
        long stride = (long) width * Double.BYTES;
        if (b.rowStride() == 1) {
            for (int col = 0; col < cols; col++) {
                spread(b.at(0, col), depth, target + 8L * col, stride);
            }
        } else {
            for (int p = 0; p < depth; p++) {
                gather(b.at(p, 0), b.colBytes(), cols, target + p * stride);
            }
        }
        for (int p = 0; cols < width && p < depth; p++) {
            Spans.clear(target + p * stride + (long) cols * Double.BYTES, (long) (width - cols) * Double.BYTES);
        }
    }

    /** Copies elements that lie {@code stride} bytes apart to contiguous ones. */
    private static void gather(long source, long stride, int count, long target) {
        if (stride == Double.BYTES) {
            Spans.copy(source, target, (long) count * Double.BYTES);
            return;
        }
        for (int i = 0; i < count; i++) {
            Elements.putDouble(target + 8L * i, Elements.getDouble(source + i * stride));
        }
    }

    /** Copies contiguous elements to ones that lie {@code stride} bytes apart. */
    private static void spread(long source, int count, long target, long stride) {
        for (int i = 0; i < count; i++) {
            Elements.putDouble(target + i * stride, Elements.getDouble(source + 8L * i));
        }
    }

    @Override
    void tile(int depth, int rows, int cols, long left, long leftStride, long panel, long panelStride, long begin,
            long beginStride, long target, long targetStride) {
        if (cols > Lanes.DOUBLE_COUNT) {
            wideTile(depth, rows - 1, left, leftStride, panel, panelStride, begin, beginStride, target,
                    targetStride);
        } else if (cols > 1) {
            narrowTile(depth, rows - 1, left, leftStride, panel, panelStride, begin, beginStride, target,
                    targetStride);
        } else {
            for (int r = 0; r < rows; r++) {
                ALL.set(DOUBLE, target + r * targetStride & ADDRESS,
                        dot(depth, left + r * leftStride, panel, ALL.get(DOUBLE, begin + r * beginStride & ADDRESS)));
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
        DoubleVector sum00 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin0, ORDER);
        DoubleVector sum01 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin0 + BYTES, ORDER);
        long begin1 = begin + Math.min(1, lastRow) * beginStride & ADDRESS;
        DoubleVector sum10 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin1, ORDER);
        DoubleVector sum11 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin1 + BYTES, ORDER);
        long begin2 = begin + Math.min(2, lastRow) * beginStride & ADDRESS;
        DoubleVector sum20 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin2, ORDER);
        DoubleVector sum21 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin2 + BYTES, ORDER);
        long begin3 = begin + Math.min(3, lastRow) * beginStride & ADDRESS;
        DoubleVector sum30 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin3, ORDER);
        DoubleVector sum31 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin3 + BYTES, ORDER);
        long begin4 = begin + Math.min(4, lastRow) * beginStride & ADDRESS;
        DoubleVector sum40 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin4, ORDER);
        DoubleVector sum41 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin4 + BYTES, ORDER);
        long begin5 = begin + Math.min(5, lastRow) * beginStride & ADDRESS;
        DoubleVector sum50 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin5, ORDER);
        DoubleVector sum51 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin5 + BYTES, ORDER);
        for (int p = 0; p < (depth & DEPTHS); p++) {
            long index = p & DEPTHS;
            long at = right0 + index * rightStride;
            long step = index * Double.BYTES;
            DoubleVector near = DoubleVector.fromMemorySegment(DOUBLES, ALL, at, ORDER);
            DoubleVector far = DoubleVector.fromMemorySegment(DOUBLES, ALL, at + BYTES, ORDER);
            DoubleVector factor = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left0 + step));
            sum00 = factor.fma(near, sum00);
            sum01 = factor.fma(far, sum01);
            factor = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left1 + step));
            sum10 = factor.fma(near, sum10);
            sum11 = factor.fma(far, sum11);
            factor = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left2 + step));
            sum20 = factor.fma(near, sum20);
            sum21 = factor.fma(far, sum21);
            factor = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left3 + step));
            sum30 = factor.fma(near, sum30);
            sum31 = factor.fma(far, sum31);
            factor = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left4 + step));
            sum40 = factor.fma(near, sum40);
            sum41 = factor.fma(far, sum41);
            factor = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left5 + step));
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
        DoubleVector sum0 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin0, ORDER);
        long begin1 = begin + Math.min(1, lastRow) * beginStride & ADDRESS;
        DoubleVector sum1 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin1, ORDER);
        long begin2 = begin + Math.min(2, lastRow) * beginStride & ADDRESS;
        DoubleVector sum2 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin2, ORDER);
        long begin3 = begin + Math.min(3, lastRow) * beginStride & ADDRESS;
        DoubleVector sum3 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin3, ORDER);
        long begin4 = begin + Math.min(4, lastRow) * beginStride & ADDRESS;
        DoubleVector sum4 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin4, ORDER);
        long begin5 = begin + Math.min(5, lastRow) * beginStride & ADDRESS;
        DoubleVector sum5 = DoubleVector.fromMemorySegment(DOUBLES, ALL, begin5, ORDER);
        DoubleVector odd0 = DoubleVector.zero(DOUBLES);
        DoubleVector odd1 = DoubleVector.zero(DOUBLES);
        DoubleVector odd2 = DoubleVector.zero(DOUBLES);
        DoubleVector odd3 = DoubleVector.zero(DOUBLES);
        DoubleVector odd4 = DoubleVector.zero(DOUBLES);
        DoubleVector odd5 = DoubleVector.zero(DOUBLES);
        for (int p = 0; p != (depth & ~1); p += 2) {
            long index = p & DEPTHS;
            long at = right0 + index * rightStride;
            long step = index * Double.BYTES;
            DoubleVector even = DoubleVector.fromMemorySegment(DOUBLES, ALL, at, ORDER);
            DoubleVector odd = DoubleVector.fromMemorySegment(DOUBLES, ALL, at + rightStride, ORDER);
            sum0 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left0 + step)).fma(even, sum0);
            odd0 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left0 + step + Double.BYTES)).fma(odd, odd0);
            sum1 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left1 + step)).fma(even, sum1);
            odd1 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left1 + step + Double.BYTES)).fma(odd, odd1);
            sum2 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left2 + step)).fma(even, sum2);
            odd2 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left2 + step + Double.BYTES)).fma(odd, odd2);
            sum3 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left3 + step)).fma(even, sum3);
            odd3 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left3 + step + Double.BYTES)).fma(odd, odd3);
            sum4 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left4 + step)).fma(even, sum4);
            odd4 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left4 + step + Double.BYTES)).fma(odd, odd4);
            sum5 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left5 + step)).fma(even, sum5);
            odd5 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left5 + step + Double.BYTES)).fma(odd, odd5);
        }
        sum0 = sum0.add(odd0);
        sum1 = sum1.add(odd1);
        sum2 = sum2.add(odd2);
        sum3 = sum3.add(odd3);
        sum4 = sum4.add(odd4);
        sum5 = sum5.add(odd5);
        if ((depth & 1) == 1) {
            long index = (depth & DEPTHS) - 1L;
            long step = index * Double.BYTES;
            DoubleVector last = DoubleVector.fromMemorySegment(DOUBLES, ALL, right0 + index * rightStride, ORDER);
            sum0 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left0 + step)).fma(last, sum0);
            sum1 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left1 + step)).fma(last, sum1);
            sum2 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left2 + step)).fma(last, sum2);
            sum3 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left3 + step)).fma(last, sum3);
            sum4 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left4 + step)).fma(last, sum4);
            sum5 = DoubleVector.broadcast(DOUBLES, ALL.get(DOUBLE, left5 + step)).fma(last, sum5);
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
    private static double dot(int depth, long row, long column, double begin) {
        long left = row & ADDRESS;
        long right = column & ADDRESS;
        DoubleVector sums = DoubleVector.zero(DOUBLES);
        int p = 0;
        for (; p <= depth - Lanes.DOUBLE_COUNT; p += Lanes.DOUBLE_COUNT) {
            long at = (long) (p & DEPTHS) * Double.BYTES;
            sums = DoubleVector.fromMemorySegment(DOUBLES, ALL, left + at, ORDER)
                    .fma(DoubleVector.fromMemorySegment(DOUBLES, ALL, right + at, ORDER), sums);
        }
        double sum = begin + Across.sum(sums);
        for (; p < depth; p++) {
            long at = (long) p * Double.BYTES;
            sum = Math.fma(ALL.get(DOUBLE, left + at), ALL.get(DOUBLE, right + at), sum);
        }
        return sum;
    }
}
