package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.Elements.ALL;
import static dev.kiln.backends.cpu.vector.Lanes.BYTES;
import static dev.kiln.backends.cpu.vector.Lanes.FLOATS;
import static dev.kiln.backends.cpu.vector.Lanes.FLOAT_COUNT;
import static dev.kiln.backends.cpu.vector.Lanes.HALVES;
import static dev.kiln.backends.cpu.vector.Lanes.INTS;
import static dev.kiln.backends.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.S2I;

import dev.kiln.backends.cpu.Elements;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/** Runs of bfloat16, widened in registers: one is the upper half of a float32. */
final class Bfloat16Runs implements RunKernel {

    static final Bfloat16Runs INSTANCE = new Bfloat16Runs();

    private Bfloat16Runs() {}

    /** One after the other, as they lie in memory: that is read faster than four at a time, and there are as many sums. */
    @Override
    public boolean dotFour(long x, long runs, long stride, int last, int count, long sums) {
        for (int run = 0; run <= last; run++) {
            dot(x, runs + run * stride, count, sums + (long) run * BYTES);
        }
        return true;
    }

    private static void dot(long x, long run, int count, long sums) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        int fours = count - count % (4 * FLOAT_COUNT);
        for (int i = 0; i < fours; i += 4 * FLOAT_COUNT) {
            long at = run + (long) i * Short.BYTES;
            long by = x + (long) i * Float.BYTES;
            FloatVector v0 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, at, ORDER).convertShape(S2I, INTS,
                    0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum0 = FloatVector.fromMemorySegment(FLOATS, ALL, by, ORDER).fma(v0, sum0);
            FloatVector v1 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, at + BYTES / 2, ORDER)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum1 = FloatVector.fromMemorySegment(FLOATS, ALL, by + BYTES, ORDER).fma(v1, sum1);
            FloatVector v2 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, at + BYTES, ORDER)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum2 = FloatVector.fromMemorySegment(FLOATS, ALL, by + 2 * BYTES, ORDER).fma(v2, sum2);
            FloatVector v3 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, at + 3 * BYTES / 2, ORDER)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum3 = FloatVector.fromMemorySegment(FLOATS, ALL, by + 3 * BYTES, ORDER).fma(v3, sum3);
        }
        for (int i = fours; i < count; i += FLOAT_COUNT) {
            FloatVector v = ((IntVector) ShortVector
                    .fromMemorySegment(HALVES, ALL, run + (long) i * Short.BYTES, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            sum0 = FloatVector.fromMemorySegment(FLOATS, ALL, x + (long) i * Float.BYTES, ORDER).fma(v, sum0);
        }
        sum0.add(sum1).add(sum2.add(sum3)).intoMemorySegment(ALL, sums, ORDER);
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
            long at = (long) i * Short.BYTES;
            FloatVector factor = FloatVector.fromMemorySegment(FLOATS, ALL, x + 2 * at, ORDER);
            FloatVector otherFactor = FloatVector.fromMemorySegment(FLOATS, ALL, second + 2 * at, ORDER);
            FloatVector v0 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, runs + at, ORDER).convertShape(S2I,
                    INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum0 = factor.fma(v0, sum0);
            other0 = otherFactor.fma(v0, other0);
            FloatVector v1 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run1 + at, ORDER).convertShape(S2I,
                    INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum1 = factor.fma(v1, sum1);
            other1 = otherFactor.fma(v1, other1);
            FloatVector v2 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run2 + at, ORDER).convertShape(S2I,
                    INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum2 = factor.fma(v2, sum2);
            other2 = otherFactor.fma(v2, other2);
            FloatVector v3 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run3 + at, ORDER).convertShape(S2I,
                    INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
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
            long at = (long) i * Short.BYTES;
            FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, target + 2 * at, ORDER);
            FloatVector v0 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, runs + at, ORDER).convertShape(S2I,
                    INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor0.fma(v0, sum);
            FloatVector v1 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run1 + at, ORDER).convertShape(S2I,
                    INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor1.fma(v1, sum);
            FloatVector v2 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run2 + at, ORDER).convertShape(S2I,
                    INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor2.fma(v2, sum);
            FloatVector v3 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run3 + at, ORDER).convertShape(S2I,
                    INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor3.fma(v3, sum);
            sum.intoMemorySegment(ALL, target + 2 * at, ORDER);
        }
    }

    /** Two vectors of each run in a turn: of 512 bits these are a line of memory. */
    @Override
    public void addEight(long factors, long runs, long stride, long target, int count) {
        FloatVector factor0 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors));
        FloatVector factor1 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + Float.BYTES));
        FloatVector factor2 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 2 * Float.BYTES));
        FloatVector factor3 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 3 * Float.BYTES));
        FloatVector factor4 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 4 * Float.BYTES));
        FloatVector factor5 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 5 * Float.BYTES));
        FloatVector factor6 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 6 * Float.BYTES));
        FloatVector factor7 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 7 * Float.BYTES));
        long run1 = runs + stride;
        long run2 = run1 + stride;
        long run3 = run2 + stride;
        long run4 = run3 + stride;
        long run5 = run4 + stride;
        long run6 = run5 + stride;
        long run7 = run6 + stride;
        int pairs = count - count % (2 * FLOAT_COUNT);
        for (int i = 0; i < pairs; i += 2 * FLOAT_COUNT) {
            long at = (long) i * Short.BYTES;
            long next = at + BYTES / 2;
            FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, target + 2 * at, ORDER);
            FloatVector nextSum = FloatVector.fromMemorySegment(FLOATS, ALL, target + 2 * next, ORDER);
            FloatVector v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, runs + at, ORDER).convertShape(S2I,
                    INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor0.fma(v, sum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, runs + next, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            nextSum = factor0.fma(v, nextSum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run1 + at, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor1.fma(v, sum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run1 + next, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            nextSum = factor1.fma(v, nextSum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run2 + at, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor2.fma(v, sum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run2 + next, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            nextSum = factor2.fma(v, nextSum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run3 + at, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor3.fma(v, sum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run3 + next, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            nextSum = factor3.fma(v, nextSum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run4 + at, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor4.fma(v, sum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run4 + next, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            nextSum = factor4.fma(v, nextSum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run5 + at, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor5.fma(v, sum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run5 + next, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            nextSum = factor5.fma(v, nextSum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run6 + at, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor6.fma(v, sum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run6 + next, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            nextSum = factor6.fma(v, nextSum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run7 + at, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor7.fma(v, sum);
            v = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run7 + next, ORDER).convertShape(S2I, INTS, 0))
                    .lanewise(LSHL, 16).reinterpretAsFloats();
            nextSum = factor7.fma(v, nextSum);
            sum.intoMemorySegment(ALL, target + 2 * at, ORDER);
            nextSum.intoMemorySegment(ALL, target + 2 * next, ORDER);
        }
        if (pairs < count) {
            RunKernel.super.addEight(factors, runs + (long) pairs * Short.BYTES, stride,
                    target + (long) pairs * Float.BYTES, count - pairs);
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
            long at = (long) i * Short.BYTES;
            FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, target + 2 * at, ORDER);
            FloatVector otherSum = FloatVector.fromMemorySegment(FLOATS, ALL, second + 2 * at, ORDER);
            FloatVector v0 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, runs + at, ORDER).convertShape(S2I,
                    INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor0.fma(v0, sum);
            otherSum = other0.fma(v0, otherSum);
            FloatVector v1 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run1 + at, ORDER).convertShape(S2I,
                    INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor1.fma(v1, sum);
            otherSum = other1.fma(v1, otherSum);
            FloatVector v2 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run2 + at, ORDER).convertShape(S2I,
                    INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor2.fma(v2, sum);
            otherSum = other2.fma(v2, otherSum);
            FloatVector v3 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run3 + at, ORDER).convertShape(S2I,
                    INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            sum = factor3.fma(v3, sum);
            otherSum = other3.fma(v3, otherSum);
            sum.intoMemorySegment(ALL, target + 2 * at, ORDER);
            otherSum.intoMemorySegment(ALL, second + 2 * at, ORDER);
        }
    }

    @Override
    public void addOne(float factor, long run, long target, int count) {
        FloatVector factors = FloatVector.broadcast(FLOATS, factor);
        for (int i = 0; i < count; i += FLOAT_COUNT) {
            long at = (long) i * Short.BYTES;
            FloatVector v0 = ((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run + at, ORDER).convertShape(S2I,
                    INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
            factors.fma(v0, FloatVector.fromMemorySegment(FLOATS, ALL, target + 2 * at, ORDER)).intoMemorySegment(ALL,
                    target + 2 * at, ORDER);
        }
    }
}
