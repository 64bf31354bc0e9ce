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

    @Override
    public void addSixteen(long factors, long runs, long stride, long target, int count) {
        FloatVector factor0 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors));
        FloatVector factor1 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + Float.BYTES));
        FloatVector factor2 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 2 * Float.BYTES));
        FloatVector factor3 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 3 * Float.BYTES));
        FloatVector factor4 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 4 * Float.BYTES));
        FloatVector factor5 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 5 * Float.BYTES));
        FloatVector factor6 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 6 * Float.BYTES));
        FloatVector factor7 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 7 * Float.BYTES));
        FloatVector factor8 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 8 * Float.BYTES));
        FloatVector factor9 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 9 * Float.BYTES));
        FloatVector factor10 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 10 * Float.BYTES));
        FloatVector factor11 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 11 * Float.BYTES));
        FloatVector factor12 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 12 * Float.BYTES));
        FloatVector factor13 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 13 * Float.BYTES));
        FloatVector factor14 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 14 * Float.BYTES));
        FloatVector factor15 = FloatVector.broadcast(FLOATS, Elements.getFloat(factors + 15 * Float.BYTES));
        long run1 = runs + stride;
        long run2 = run1 + stride;
        long run3 = run2 + stride;
        long run4 = run3 + stride;
        long run5 = run4 + stride;
        long run6 = run5 + stride;
        long run7 = run6 + stride;
        long run8 = run7 + stride;
        long run9 = run8 + stride;
        long run10 = run9 + stride;
        long run11 = run10 + stride;
        long run12 = run11 + stride;
        long run13 = run12 + stride;
        long run14 = run13 + stride;
        long run15 = run14 + stride;
        for (int i = 0; i < count; i += FLOAT_COUNT) {
            long at = (long) i * Short.BYTES;
            FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, target + 2 * at, ORDER);
            sum = factor0
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, runs + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor1
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run1 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor2
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run2 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor3
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run3 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor4
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run4 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor5
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run5 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor6
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run6 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor7
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run7 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor8
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run8 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor9
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run9 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor10
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run10 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor11
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run11 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor12
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run12 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor13
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run13 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor14
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run14 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum = factor15
                    .fma(((IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run15 + at, ORDER).convertShape(S2I,
                            INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats(), sum);
            sum.intoMemorySegment(ALL, target + 2 * at, ORDER);
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
