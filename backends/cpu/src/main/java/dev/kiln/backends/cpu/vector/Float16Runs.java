package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.Elements.ALL;
import static dev.kiln.backends.cpu.vector.Lanes.BYTES;
import static dev.kiln.backends.cpu.vector.Lanes.FLOATS;
import static dev.kiln.backends.cpu.vector.Lanes.FLOAT_COUNT;
import static dev.kiln.backends.cpu.vector.Lanes.HALVES;
import static dev.kiln.backends.cpu.vector.Lanes.INTS;
import static dev.kiln.backends.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.S2I;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Dot products with runs of IEEE halves, widened in registers. Exponent and fraction are moved to their float32 places and the exponent's bias is
 * corrected by a multiplication, which also normalises subnormals; what had the largest exponent gets the largest one.
 */
final class Float16Runs implements DotKernel {

    static final Float16Runs INSTANCE = new Float16Runs();

    /** The bits of a half that was extended by its sign and shifted left, without the copies of the sign. */
    private static final int SHIFTED = 0x8fff_e000;
    private static final float BIAS = 0x1p112f;
    private static final int EXPONENT = 0x7c00;
    private static final int INFINITY = 0x7f80_0000;

    private Float16Runs() {}

    @Override
    public void dotFour(long x, long runs, long stride, int last, int count, long sums) {
        long run1 = runs + Math.min(1, last) * stride;
        long run2 = runs + Math.min(2, last) * stride;
        long run3 = runs + last * stride;
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        for (int i = 0; i < count; i += FLOAT_COUNT) {
            long at = (long) i * Short.BYTES;
            FloatVector factor = FloatVector.fromMemorySegment(FLOATS, ALL, x + 2 * at, ORDER);
            IntVector bits0 = (IntVector) ShortVector.fromMemorySegment(HALVES, ALL, runs + at, ORDER).convertShape(S2I,
                    INTS, 0);
            FloatVector v0 = bits0.lanewise(LSHL, 13).and(SHIFTED).reinterpretAsFloats().mul(BIAS).reinterpretAsInts()
                    .lanewise(OR, INFINITY, bits0.and(EXPONENT).compare(EQ, EXPONENT)).reinterpretAsFloats();
            sum0 = factor.fma(v0, sum0);
            IntVector bits1 = (IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run1 + at, ORDER).convertShape(S2I,
                    INTS, 0);
            FloatVector v1 = bits1.lanewise(LSHL, 13).and(SHIFTED).reinterpretAsFloats().mul(BIAS).reinterpretAsInts()
                    .lanewise(OR, INFINITY, bits1.and(EXPONENT).compare(EQ, EXPONENT)).reinterpretAsFloats();
            sum1 = factor.fma(v1, sum1);
            IntVector bits2 = (IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run2 + at, ORDER).convertShape(S2I,
                    INTS, 0);
            FloatVector v2 = bits2.lanewise(LSHL, 13).and(SHIFTED).reinterpretAsFloats().mul(BIAS).reinterpretAsInts()
                    .lanewise(OR, INFINITY, bits2.and(EXPONENT).compare(EQ, EXPONENT)).reinterpretAsFloats();
            sum2 = factor.fma(v2, sum2);
            IntVector bits3 = (IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run3 + at, ORDER).convertShape(S2I,
                    INTS, 0);
            FloatVector v3 = bits3.lanewise(LSHL, 13).and(SHIFTED).reinterpretAsFloats().mul(BIAS).reinterpretAsInts()
                    .lanewise(OR, INFINITY, bits3.and(EXPONENT).compare(EQ, EXPONENT)).reinterpretAsFloats();
            sum3 = factor.fma(v3, sum3);
        }
        sum0.intoMemorySegment(ALL, sums, ORDER);
        sum1.intoMemorySegment(ALL, sums + BYTES, ORDER);
        sum2.intoMemorySegment(ALL, sums + 2 * BYTES, ORDER);
        sum3.intoMemorySegment(ALL, sums + 3 * BYTES, ORDER);
    }

    @Override
    public void dotTwice(long x, long xStride, long runs, long stride, int last, int count, long sums) {
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
            IntVector bits0 = (IntVector) ShortVector.fromMemorySegment(HALVES, ALL, runs + at, ORDER).convertShape(S2I,
                    INTS, 0);
            FloatVector v0 = bits0.lanewise(LSHL, 13).and(SHIFTED).reinterpretAsFloats().mul(BIAS).reinterpretAsInts()
                    .lanewise(OR, INFINITY, bits0.and(EXPONENT).compare(EQ, EXPONENT)).reinterpretAsFloats();
            sum0 = factor.fma(v0, sum0);
            other0 = otherFactor.fma(v0, other0);
            IntVector bits1 = (IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run1 + at, ORDER).convertShape(S2I,
                    INTS, 0);
            FloatVector v1 = bits1.lanewise(LSHL, 13).and(SHIFTED).reinterpretAsFloats().mul(BIAS).reinterpretAsInts()
                    .lanewise(OR, INFINITY, bits1.and(EXPONENT).compare(EQ, EXPONENT)).reinterpretAsFloats();
            sum1 = factor.fma(v1, sum1);
            other1 = otherFactor.fma(v1, other1);
            IntVector bits2 = (IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run2 + at, ORDER).convertShape(S2I,
                    INTS, 0);
            FloatVector v2 = bits2.lanewise(LSHL, 13).and(SHIFTED).reinterpretAsFloats().mul(BIAS).reinterpretAsInts()
                    .lanewise(OR, INFINITY, bits2.and(EXPONENT).compare(EQ, EXPONENT)).reinterpretAsFloats();
            sum2 = factor.fma(v2, sum2);
            other2 = otherFactor.fma(v2, other2);
            IntVector bits3 = (IntVector) ShortVector.fromMemorySegment(HALVES, ALL, run3 + at, ORDER).convertShape(S2I,
                    INTS, 0);
            FloatVector v3 = bits3.lanewise(LSHL, 13).and(SHIFTED).reinterpretAsFloats().mul(BIAS).reinterpretAsInts()
                    .lanewise(OR, INFINITY, bits3.and(EXPONENT).compare(EQ, EXPONENT)).reinterpretAsFloats();
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
    }
}
