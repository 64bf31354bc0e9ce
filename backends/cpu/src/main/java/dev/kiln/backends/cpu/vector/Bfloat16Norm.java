package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.SixteenBits.NATIVE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.kiln.backends.cpu.NormRoom;
import dev.kiln.backends.cpu.RmsNormLoop;
import dev.kiln.graph.OffHeap;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * RMS norm of bfloat16. Elements are taken two at a time, which are the halves of an int: each is a float32 after a shift or a
 * mask, and both are put together again by a shift and a mask, where one at a time would be widened and narrowed.
 *
 * <p>
 * Each pass is a method of its own: in one, the compiler runs out of the nodes it allows itself for inlining, stops, and boxes
 * vectors.
 */
final class Bfloat16Norm implements RmsNormLoop.InRoom {

    private static final int UPPER = 0xFFFF_0000;
    private static final int SIGN_AND_EXPONENT = 0xFF80_0000;
    private static final int LANES = Species.F32.length();

    @Override
    public void run(long x, long out, long rows, long weight, NormRoom room, int columns, float eps) {
        long step = (long) columns * Short.BYTES;
        float[] weights = room.wide().f();
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
            IntVector p = read(x, i);
            FloatVector q = p.lanewise(LSHL, 16).reinterpretAsFloats();
            a = q.fma(q, a);
            q = p.and(UPPER).reinterpretAsFloats();
            b = q.fma(q, b);
            p = read(x, i + 2 * LANES);
            q = p.lanewise(LSHL, 16).reinterpretAsFloats();
            c = q.fma(q, c);
            q = p.and(UPPER).reinterpretAsFloats();
            d = q.fma(q, d);
        }
        return Across.sum(a.add(b).add(c.add(d)));
    }

    private static void scale(long x, long out, float[] weight, int columns, float factor) {
        for (int i = 0; i < columns; i += 2 * LANES) {
            IntVector halves = read(x, i);
            FloatVector low = toEightBits(halves.lanewise(LSHL, 16).reinterpretAsFloats().mul(factor));
            FloatVector high = toEightBits(halves.and(UPPER).reinterpretAsFloats().mul(factor));
            IntVector lower = rounded(low.mul(FloatVector.fromArray(Species.F32, weight, i)));
            IntVector upper = rounded(high.mul(FloatVector.fromArray(Species.F32, weight, i + LANES)));
            lower.lanewise(LSHR, 16).or(upper.and(UPPER)).intoMemorySegment(OffHeap.ALL,
                    out + (long) i * Short.BYTES, NATIVE);
        }
    }

    /**
     * {@code v}, which is less than 2^112, rounded to the 8 significant bits of a bfloat16, nearest even: the sum with 2^16 times
     * its binade has no more below it. Subnormal numbers keep all their bits, and zero becomes +0.
     */
    private static FloatVector toEightBits(FloatVector v) {
        FloatVector binade = v.reinterpretAsInts().and(SIGN_AND_EXPONENT).reinterpretAsFloats();
        FloatVector sum = binade.fma(FloatVector.broadcast(Species.F32, 0x1p16f), v);
        return binade.fma(FloatVector.broadcast(Species.F32, -0x1p16f), sum);
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
