package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.Elements.ALL;
import static dev.kiln.backends.cpu.vector.Lanes.BYTES;
import static dev.kiln.backends.cpu.vector.Lanes.FLOATS;
import static dev.kiln.backends.cpu.vector.Lanes.FLOAT_COUNT;
import static dev.kiln.backends.cpu.vector.Lanes.INTS;
import static dev.kiln.backends.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.NE;

import dev.kiln.backends.cpu.ElementType;
import dev.kiln.backends.cpu.Elements;
import dev.kiln.backends.cpu.MatrixOperand;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Dot products with runs of IEEE halves, widened in registers, two at a time as the halves of an int. Exponent and fraction are moved to
 * their float32 places and the exponent's bias is corrected by a multiplication, which also normalises subnormals. What had the
 * largest exponent, an infinity or a NaN, would be a number then; such runs are only noticed.
 */
final class Float16Runs implements DotKernel {

    static final Float16Runs INSTANCE = new Float16Runs();

    /** The bits of a half in the upper half of an int that was shifted right by three, without the copies of the sign. */
    private static final int SHIFTED = 0x8fff_e000;
    private static final float BIAS = 0x1p112f;
    /** In both halves: the exponent, what carries out of the largest one, and where to. */
    private static final int EXPONENTS = 0x7c00_7c00;
    private static final int ONES = 0x0400_0400;
    private static final int CARRIES = 0x8000_8000;

    private Float16Runs() {}

    @Override
    public int step() {
        return 2 * FLOAT_COUNT;
    }

    /** Of each step first what meets lower halves, then what meets upper ones. */
    @Override
    public MatrixOperand arrange(int m, int count, MatrixOperand a, Scratch room) {
        MatrixOperand arranged = new MatrixOperand(room.reserve((long) m * count * Float.BYTES), count, 1,
                ElementType.F32);
        for (int row = 0; row < m; row++) {
            for (int i = 0; i < count; i += step()) {
                for (int j = 0; j < FLOAT_COUNT; j++) {
                    Elements.putFloat(arranged.at(row, i + j), Elements.getFloat(a.at(row, i + 2 * j)));
                    Elements.putFloat(arranged.at(row, i + FLOAT_COUNT + j),
                            Elements.getFloat(a.at(row, i + 2 * j + 1)));
                }
            }
        }
        return arranged;
    }

    @Override
    public boolean dotFour(long x, long runs, long stride, int last, int count, long sums) {
        long run1 = runs + Math.min(1, last) * stride;
        long run2 = runs + Math.min(2, last) * stride;
        long run3 = runs + last * stride;
        IntVector seen = IntVector.zero(INTS);
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        for (int i = 0; i < count; i += 2 * FLOAT_COUNT) {
            long at = (long) i * Short.BYTES;
            FloatVector lower = FloatVector.fromMemorySegment(FLOATS, ALL, x + 2 * at, ORDER);
            FloatVector upper = FloatVector.fromMemorySegment(FLOATS, ALL, x + 2 * at + BYTES, ORDER);
            IntVector bits = IntVector.fromMemorySegment(INTS, ALL, runs + at, ORDER);
            seen = seen.or(bits.and(EXPONENTS).add(ONES));
            FloatVector v = bits.lanewise(LSHL, 16).lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum0 = v.fma(lower, sum0);
            v = bits.lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum0 = v.fma(upper, sum0);
            bits = IntVector.fromMemorySegment(INTS, ALL, run1 + at, ORDER);
            seen = seen.or(bits.and(EXPONENTS).add(ONES));
            v = bits.lanewise(LSHL, 16).lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum1 = v.fma(lower, sum1);
            v = bits.lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum1 = v.fma(upper, sum1);
            bits = IntVector.fromMemorySegment(INTS, ALL, run2 + at, ORDER);
            seen = seen.or(bits.and(EXPONENTS).add(ONES));
            v = bits.lanewise(LSHL, 16).lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum2 = v.fma(lower, sum2);
            v = bits.lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum2 = v.fma(upper, sum2);
            bits = IntVector.fromMemorySegment(INTS, ALL, run3 + at, ORDER);
            seen = seen.or(bits.and(EXPONENTS).add(ONES));
            v = bits.lanewise(LSHL, 16).lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum3 = v.fma(lower, sum3);
            v = bits.lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum3 = v.fma(upper, sum3);
        }
        sum0.intoMemorySegment(ALL, sums, ORDER);
        sum1.intoMemorySegment(ALL, sums + BYTES, ORDER);
        sum2.intoMemorySegment(ALL, sums + 2 * BYTES, ORDER);
        sum3.intoMemorySegment(ALL, sums + 3 * BYTES, ORDER);
        return !seen.and(CARRIES).compare(NE, 0).anyTrue();
    }

    @Override
    public boolean dotTwice(long x, long xStride, long runs, long stride, int last, int count, long sums) {
        long second = x + xStride;
        long run1 = runs + Math.min(1, last) * stride;
        long run2 = runs + Math.min(2, last) * stride;
        long run3 = runs + last * stride;
        IntVector seen = IntVector.zero(INTS);
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        FloatVector other0 = sum0;
        FloatVector other1 = sum0;
        FloatVector other2 = sum0;
        FloatVector other3 = sum0;
        for (int i = 0; i < count; i += 2 * FLOAT_COUNT) {
            long at = (long) i * Short.BYTES;
            FloatVector lower = FloatVector.fromMemorySegment(FLOATS, ALL, x + 2 * at, ORDER);
            FloatVector upper = FloatVector.fromMemorySegment(FLOATS, ALL, x + 2 * at + BYTES, ORDER);
            FloatVector otherLower = FloatVector.fromMemorySegment(FLOATS, ALL, second + 2 * at, ORDER);
            FloatVector otherUpper = FloatVector.fromMemorySegment(FLOATS, ALL, second + 2 * at + BYTES, ORDER);
            IntVector bits = IntVector.fromMemorySegment(INTS, ALL, runs + at, ORDER);
            seen = seen.or(bits.and(EXPONENTS).add(ONES));
            FloatVector v = bits.lanewise(LSHL, 16).lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum0 = v.fma(lower, sum0);
            other0 = v.fma(otherLower, other0);
            v = bits.lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum0 = v.fma(upper, sum0);
            other0 = v.fma(otherUpper, other0);
            bits = IntVector.fromMemorySegment(INTS, ALL, run1 + at, ORDER);
            seen = seen.or(bits.and(EXPONENTS).add(ONES));
            v = bits.lanewise(LSHL, 16).lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum1 = v.fma(lower, sum1);
            other1 = v.fma(otherLower, other1);
            v = bits.lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum1 = v.fma(upper, sum1);
            other1 = v.fma(otherUpper, other1);
            bits = IntVector.fromMemorySegment(INTS, ALL, run2 + at, ORDER);
            seen = seen.or(bits.and(EXPONENTS).add(ONES));
            v = bits.lanewise(LSHL, 16).lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum2 = v.fma(lower, sum2);
            other2 = v.fma(otherLower, other2);
            v = bits.lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum2 = v.fma(upper, sum2);
            other2 = v.fma(otherUpper, other2);
            bits = IntVector.fromMemorySegment(INTS, ALL, run3 + at, ORDER);
            seen = seen.or(bits.and(EXPONENTS).add(ONES));
            v = bits.lanewise(LSHL, 16).lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum3 = v.fma(lower, sum3);
            other3 = v.fma(otherLower, other3);
            v = bits.lanewise(ASHR, 3).and(SHIFTED).reinterpretAsFloats().mul(BIAS);
            sum3 = v.fma(upper, sum3);
            other3 = v.fma(otherUpper, other3);
        }
        sum0.intoMemorySegment(ALL, sums, ORDER);
        sum1.intoMemorySegment(ALL, sums + BYTES, ORDER);
        sum2.intoMemorySegment(ALL, sums + 2 * BYTES, ORDER);
        sum3.intoMemorySegment(ALL, sums + 3 * BYTES, ORDER);
        other0.intoMemorySegment(ALL, sums + 4 * BYTES, ORDER);
        other1.intoMemorySegment(ALL, sums + 5 * BYTES, ORDER);
        other2.intoMemorySegment(ALL, sums + 6 * BYTES, ORDER);
        other3.intoMemorySegment(ALL, sums + 7 * BYTES, ORDER);
        return !seen.and(CARRIES).compare(NE, 0).anyTrue();
    }
}
