package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.SixteenBits.NATIVE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.kiln.backends.cpu.Reg;
import dev.kiln.backends.cpu.RmsNormLoop;
import dev.kiln.graph.OffHeap;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * RMS norm of bfloat16. The squares are added in the order in which {@link VectorRowsF32} adds them. Rows are scaled two elements
 * at a time, which are the halves of an int: each is a float32 after a shift or a mask, and both are put together again by a shift
 * and a mask, where one at a time would be widened and narrowed.
 *
 * <p>
 * Each pass is a method of its own: in one, the compiler runs out of the nodes it allows itself for inlining, stops, and boxes
 * vectors.
 */
final class Bfloat16Norm implements RmsNormLoop.InRoom {

    private static final int UPPER = 0xFFFF_0000;
    private static final int LANES = Species.F32.length();

    @Override
    public void run(long x, long out, long rows, long weight, Reg first, Reg second, int columns, float eps) {
        long step = (long) columns * Short.BYTES;
        float[] weights = first.f();
        split(weight, weights, columns);
        for (long row = 0; row < rows; row++) {
            float factor = Float32Norm.inverseRoot(squares(x + row * step, columns), columns, eps);
            scale(x + row * step, out + row * step, weights, columns, factor);
        }
    }

    /** For each vector of pairs, what the lower halves are multiplied with before what the upper halves are. */
    private static void split(long weight, float[] to, int columns) {
        for (int i = 0; i < columns; i += 2 * LANES) {
            IntVector halves = read(weight, i);
            halves.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(to, i);
            halves.and(UPPER).reinterpretAsFloats().intoArray(to, i + LANES);
        }
    }

    private static float squares(long x, int columns) {
        FloatVector a = FloatVector.zero(Species.F32);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < columns; i += 4 * LANES) {
            long at = x + (long) i * Short.BYTES;
            FloatVector p = SixteenBits.readBfloat16(at);
            FloatVector q = SixteenBits.readBfloat16(at + LANES * Short.BYTES);
            FloatVector r = SixteenBits.readBfloat16(at + 2 * LANES * Short.BYTES);
            FloatVector s = SixteenBits.readBfloat16(at + 3 * LANES * Short.BYTES);
            a = p.fma(p, a);
            b = q.fma(q, b);
            c = r.fma(r, c);
            d = s.fma(s, d);
        }
        return Across.sum(a.add(b).add(c.add(d)));
    }

    private static void scale(long x, long out, float[] weight, int columns, float factor) {
        for (int i = 0; i < columns; i += 2 * LANES) {
            IntVector halves = read(x, i);
            IntVector lower = rounded(halves.lanewise(LSHL, 16).reinterpretAsFloats().mul(factor)).and(UPPER);
            IntVector upper = rounded(halves.and(UPPER).reinterpretAsFloats().mul(factor)).and(UPPER);
            lower = rounded(lower.reinterpretAsFloats().mul(FloatVector.fromArray(Species.F32, weight, i)));
            upper = rounded(upper.reinterpretAsFloats().mul(FloatVector.fromArray(Species.F32, weight, i + LANES)));
            lower.lanewise(LSHR, 16).or(upper.and(UPPER)).intoMemorySegment(OffHeap.ALL,
                    out + (long) i * Short.BYTES, NATIVE);
        }
    }

    private static IntVector read(long address, int i) {
        return IntVector.fromMemorySegment(Species.I32, OffHeap.ALL, address + (long) i * Short.BYTES, NATIVE);
    }

    /**
     * In the upper half the nearest bfloat16 to {@code v}, as {@link SixteenBits#toBfloat16} rounds. A NaN needs no care here: the
     * lower half of each comes from a bfloat16 or is the processor's own, so it is zero and nothing is carried.
     */
    private static IntVector rounded(FloatVector v) {
        IntVector bits = v.reinterpretAsInts();
        return bits.add(bits.lanewise(LSHR, 16).and(1)).add(0x7FFF);
    }
}
