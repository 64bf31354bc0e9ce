package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.TileLoops;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of blocks with four or eight vector sums at a time, which hides the latency of the multiply-adds. Every tile is a
 * method of its own, so that each is compiled by itself with all of its vectors in registers.
 */
final class VectorTiles implements TileLoops {

    private static final VectorSpecies<Float> F32 = Species.F32;
    private static final int LANES = F32.length();

    @Override
    public void dots(float[] out, int step, float[] a, int rows, float[] b, int columns, int depth) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j += 4) {
                dots1x4(out, i * step + j, a, i * depth, b, j * depth, depth);
            }
        }
    }

    private static void dots1x4(float[] out, int to, float[] a, int at, float[] b, int from, int depth) {
        FloatVector s0 = FloatVector.zero(F32);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int d = 0; d < depth; d += LANES) {
            FloatVector v = FloatVector.fromArray(F32, a, at + d);
            s0 = v.fma(FloatVector.fromArray(F32, b, from + d), s0);
            s1 = v.fma(FloatVector.fromArray(F32, b, from + depth + d), s1);
            s2 = v.fma(FloatVector.fromArray(F32, b, from + 2 * depth + d), s2);
            s3 = v.fma(FloatVector.fromArray(F32, b, from + 3 * depth + d), s3);
        }
        out[to] = Across.sum(s0);
        out[to + 1] = Across.sum(s1);
        out[to + 2] = Across.sum(s2);
        out[to + 3] = Across.sum(s3);
    }

    @Override
    public void accumulate(float[] out, float[] a, int step, int rows, float[] b, int depth, int width) {
        int i = 0;
        for (; i <= rows - 4; i += 4) {
            int d = 0;
            for (; d <= width - 2 * LANES; d += 2 * LANES) {
                add4x2(out, i * width + d, a, i * step, step, b, d, depth, width);
            }
            for (; d < width; d += LANES) {
                for (int row = i; row < i + 4; row++) {
                    add1x1(out, row * width + d, a, row * step, b, d, depth, width);
                }
            }
        }
        for (; i < rows; i++) {
            int d = 0;
            for (; d <= width - 4 * LANES; d += 4 * LANES) {
                add1x4(out, i * width + d, a, i * step, b, d, depth, width);
            }
            for (; d < width; d += LANES) {
                add1x1(out, i * width + d, a, i * step, b, d, depth, width);
            }
        }
    }

    @Override
    public void softmax(float[] a, int rows, int width) {
        for (int column = 0; column < width; column += LANES) {
            softmaxOfColumns(a, rows * width, width, column);
        }
    }

    private static void softmaxOfColumns(float[] a, int end, int width, int column) {
        FloatVector largest = FloatVector.broadcast(F32, -Float.MAX_VALUE);
        for (int at = column; at < end; at += width) {
            largest = largest.max(FloatVector.fromArray(F32, a, at));
        }
        FloatVector total = FloatVector.zero(F32);
        for (int at = column; at < end; at += width) {
            FloatVector power = F32Math.expOfNegative(FloatVector.fromArray(F32, a, at).sub(largest));
            power.intoArray(a, at);
            total = total.add(power);
        }
        FloatVector inverse = FloatVector.broadcast(F32, 1f).div(total)
                .blend(0f, total.compare(VectorOperators.EQ, 0f));
        for (int at = column; at < end; at += width) {
            FloatVector.fromArray(F32, a, at).mul(inverse).intoArray(a, at);
        }
    }

    @Override
    public void slopes(float[] slopes, float[] weights, int rows, int width, float[] common) {
        for (int column = 0; column < width; column += LANES) {
            FloatVector less = FloatVector.fromArray(F32, common, column);
            for (int at = column; at < rows * width; at += width) {
                FloatVector.fromArray(F32, slopes, at).sub(less).mul(FloatVector.fromArray(F32, weights, at))
                        .intoArray(slopes, at);
            }
        }
    }

    private static void add4x2(float[] out, int to, float[] a, int at, int step, float[] b, int from, int depth,
            int width) {
        FloatVector s00 = FloatVector.fromArray(F32, out, to);
        FloatVector s01 = FloatVector.fromArray(F32, out, to + LANES);
        FloatVector s10 = FloatVector.fromArray(F32, out, to + width);
        FloatVector s11 = FloatVector.fromArray(F32, out, to + width + LANES);
        FloatVector s20 = FloatVector.fromArray(F32, out, to + 2 * width);
        FloatVector s21 = FloatVector.fromArray(F32, out, to + 2 * width + LANES);
        FloatVector s30 = FloatVector.fromArray(F32, out, to + 3 * width);
        FloatVector s31 = FloatVector.fromArray(F32, out, to + 3 * width + LANES);
        for (int j = 0; j < depth; j++) {
            FloatVector b0 = FloatVector.fromArray(F32, b, from + j * width);
            FloatVector b1 = FloatVector.fromArray(F32, b, from + j * width + LANES);
            FloatVector a0 = FloatVector.broadcast(F32, a[at + j]);
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
            FloatVector a1 = FloatVector.broadcast(F32, a[at + step + j]);
            s10 = a1.fma(b0, s10);
            s11 = a1.fma(b1, s11);
            FloatVector a2 = FloatVector.broadcast(F32, a[at + 2 * step + j]);
            s20 = a2.fma(b0, s20);
            s21 = a2.fma(b1, s21);
            FloatVector a3 = FloatVector.broadcast(F32, a[at + 3 * step + j]);
            s30 = a3.fma(b0, s30);
            s31 = a3.fma(b1, s31);
        }
        s00.intoArray(out, to);
        s01.intoArray(out, to + LANES);
        s10.intoArray(out, to + width);
        s11.intoArray(out, to + width + LANES);
        s20.intoArray(out, to + 2 * width);
        s21.intoArray(out, to + 2 * width + LANES);
        s30.intoArray(out, to + 3 * width);
        s31.intoArray(out, to + 3 * width + LANES);
    }

    private static void add1x4(float[] out, int to, float[] a, int at, float[] b, int from, int depth, int width) {
        FloatVector s0 = FloatVector.fromArray(F32, out, to);
        FloatVector s1 = FloatVector.fromArray(F32, out, to + LANES);
        FloatVector s2 = FloatVector.fromArray(F32, out, to + 2 * LANES);
        FloatVector s3 = FloatVector.fromArray(F32, out, to + 3 * LANES);
        for (int j = 0; j < depth; j++) {
            int row = from + j * width;
            FloatVector factor = FloatVector.broadcast(F32, a[at + j]);
            s0 = factor.fma(FloatVector.fromArray(F32, b, row), s0);
            s1 = factor.fma(FloatVector.fromArray(F32, b, row + LANES), s1);
            s2 = factor.fma(FloatVector.fromArray(F32, b, row + 2 * LANES), s2);
            s3 = factor.fma(FloatVector.fromArray(F32, b, row + 3 * LANES), s3);
        }
        s0.intoArray(out, to);
        s1.intoArray(out, to + LANES);
        s2.intoArray(out, to + 2 * LANES);
        s3.intoArray(out, to + 3 * LANES);
    }

    private static void add1x1(float[] out, int to, float[] a, int at, float[] b, int from, int depth, int width) {
        FloatVector sum = FloatVector.fromArray(F32, out, to);
        for (int j = 0; j < depth; j++) {
            sum = FloatVector.broadcast(F32, a[at + j]).fma(FloatVector.fromArray(F32, b, from + j * width), sum);
        }
        sum.intoArray(out, to);
    }
}
