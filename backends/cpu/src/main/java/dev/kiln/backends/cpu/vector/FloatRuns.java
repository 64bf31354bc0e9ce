package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.Elements.ALL;
import static dev.kiln.backends.cpu.vector.Lanes.BYTES;
import static dev.kiln.backends.cpu.vector.Lanes.FLOATS;
import static dev.kiln.backends.cpu.vector.Lanes.FLOAT_COUNT;
import static dev.kiln.backends.cpu.vector.Lanes.ORDER;

import dev.kiln.backends.cpu.Elements;
import jdk.incubator.vector.FloatVector;

/** Runs of float32. */
final class FloatRuns implements RunKernel {

    static final FloatRuns INSTANCE = new FloatRuns();

    private FloatRuns() {}

    @Override
    public boolean dotFour(long x, long runs, long stride, int last, int count, long sums) {
        long run1 = runs + Math.min(1, last) * stride;
        long run2 = runs + Math.min(2, last) * stride;
        long run3 = runs + last * stride;
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        for (int i = 0; i < count; i += FLOAT_COUNT) {
            long at = (long) i * Float.BYTES;
            FloatVector factor = FloatVector.fromMemorySegment(FLOATS, ALL, x + at, ORDER);
            FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, runs + at, ORDER);
            sum0 = factor.fma(v0, sum0);
            FloatVector v1 = FloatVector.fromMemorySegment(FLOATS, ALL, run1 + at, ORDER);
            sum1 = factor.fma(v1, sum1);
            FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, ALL, run2 + at, ORDER);
            sum2 = factor.fma(v2, sum2);
            FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, ALL, run3 + at, ORDER);
            sum3 = factor.fma(v3, sum3);
        }
        sum0.intoMemorySegment(ALL, sums, ORDER);
        sum1.intoMemorySegment(ALL, sums + BYTES, ORDER);
        sum2.intoMemorySegment(ALL, sums + 2 * BYTES, ORDER);
        sum3.intoMemorySegment(ALL, sums + 3 * BYTES, ORDER);
        return true;
    }

    @Override
    public boolean dotTwice(long x, long xStride, long runs, long stride, int last, int count, long sums) {
        long second = x + xStride;
        long run1 = runs + Math.min(1, last) * stride;
        long run2 = runs + Math.min(2, last) * stride;
        long run3 = runs + last * stride;
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        FloatVector other0 = sum0;
        FloatVector other1 = sum0;
        FloatVector other2 = sum0;
        FloatVector other3 = sum0;
        for (int i = 0; i < count; i += FLOAT_COUNT) {
            long at = (long) i * Float.BYTES;
            FloatVector factor = FloatVector.fromMemorySegment(FLOATS, ALL, x + at, ORDER);
            FloatVector otherFactor = FloatVector.fromMemorySegment(FLOATS, ALL, second + at, ORDER);
            FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, runs + at, ORDER);
            sum0 = factor.fma(v0, sum0);
            other0 = otherFactor.fma(v0, other0);
            FloatVector v1 = FloatVector.fromMemorySegment(FLOATS, ALL, run1 + at, ORDER);
            sum1 = factor.fma(v1, sum1);
            other1 = otherFactor.fma(v1, other1);
            FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, ALL, run2 + at, ORDER);
            sum2 = factor.fma(v2, sum2);
            other2 = otherFactor.fma(v2, other2);
            FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, ALL, run3 + at, ORDER);
            sum3 = factor.fma(v3, sum3);
            other3 = otherFactor.fma(v3, other3);
        }
        sum0.intoMemorySegment(ALL, sums, ORDER);
        sum1.intoMemorySegment(ALL, sums + BYTES, ORDER);
        sum2.intoMemorySegment(ALL, sums + 2 * BYTES, ORDER);
        sum3.intoMemorySegment(ALL, sums + 3 * BYTES, ORDER);
        other0.intoMemorySegment(ALL, sums + 4 * BYTES, ORDER);
        other1.intoMemorySegment(ALL, sums + 5 * BYTES, ORDER);
        other2.intoMemorySegment(ALL, sums + 6 * BYTES, ORDER);
        other3.intoMemorySegment(ALL, sums + 7 * BYTES, ORDER);
        return true;
    }

    @Override
    public void addFour(long factors, long runs, long stride, long target, int count) {
        FloatVector factor0 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors));
        FloatVector factor1 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + Float.BYTES));
        FloatVector factor2 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 2 * Float.BYTES));
        FloatVector factor3 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 3 * Float.BYTES));
        long run1 = runs + stride;
        long run2 = run1 + stride;
        long run3 = run2 + stride;
        for (int i = 0; i < count; i += FLOAT_COUNT) {
            long at = (long) i * Float.BYTES;
            FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, target + at, ORDER);
            FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, runs + at, ORDER);
            sum = factor0.fma(v0, sum);
            FloatVector v1 = FloatVector.fromMemorySegment(FLOATS, ALL, run1 + at, ORDER);
            sum = factor1.fma(v1, sum);
            FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, ALL, run2 + at, ORDER);
            sum = factor2.fma(v2, sum);
            FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, ALL, run3 + at, ORDER);
            sum = factor3.fma(v3, sum);
            sum.intoMemorySegment(ALL, target + at, ORDER);
        }
    }

    @Override
    public void addTwice(long factors, long factorsStride, long runs, long stride, long target, long targetStride,
            int count) {
        long others = factors + factorsStride;
        FloatVector factor0 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors));
        FloatVector factor1 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + Float.BYTES));
        FloatVector factor2 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 2 * Float.BYTES));
        FloatVector factor3 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 3 * Float.BYTES));
        FloatVector other0 = FloatVector.broadcast(FLOATS, Elements.getFloat(others));
        FloatVector other1 = FloatVector.broadcast(FLOATS, Elements.getFloat(others + Float.BYTES));
        FloatVector other2 = FloatVector.broadcast(FLOATS, Elements.getFloat(others + 2 * Float.BYTES));
        FloatVector other3 = FloatVector.broadcast(FLOATS, Elements.getFloat(others + 3 * Float.BYTES));
        long run1 = runs + stride;
        long run2 = run1 + stride;
        long run3 = run2 + stride;
        long second = target + targetStride;
        for (int i = 0; i < count; i += FLOAT_COUNT) {
            long at = (long) i * Float.BYTES;
            FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, target + at, ORDER);
            FloatVector otherSum = FloatVector.fromMemorySegment(FLOATS, ALL, second + at, ORDER);
            FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, runs + at, ORDER);
            sum = factor0.fma(v0, sum);
            otherSum = other0.fma(v0, otherSum);
            FloatVector v1 = FloatVector.fromMemorySegment(FLOATS, ALL, run1 + at, ORDER);
            sum = factor1.fma(v1, sum);
            otherSum = other1.fma(v1, otherSum);
            FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, ALL, run2 + at, ORDER);
            sum = factor2.fma(v2, sum);
            otherSum = other2.fma(v2, otherSum);
            FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, ALL, run3 + at, ORDER);
            sum = factor3.fma(v3, sum);
            otherSum = other3.fma(v3, otherSum);
            sum.intoMemorySegment(ALL, target + at, ORDER);
            otherSum.intoMemorySegment(ALL, second + at, ORDER);
        }
    }

    @Override
    public void addOne(float factor, long run, long target, int count) {
        FloatVector factors = FloatVector.broadcast(FLOATS, factor);
        for (int i = 0; i < count; i += FLOAT_COUNT) {
            long at = (long) i * Float.BYTES;
            FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, ALL, run + at, ORDER);
            factors.fma(v0, FloatVector.fromMemorySegment(FLOATS, ALL, target + at, ORDER)).intoMemorySegment(ALL,
                    target + at, ORDER);
        }
    }
}
