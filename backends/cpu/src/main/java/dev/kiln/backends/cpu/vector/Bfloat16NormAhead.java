package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.SixteenBits.NATIVE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.kiln.backends.cpu.NormRoom;
import dev.kiln.backends.cpu.RmsNormLoop;
import dev.kiln.graph.OffHeap;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** {@link Bfloat16Norm} in the order of {@link Float32NormAhead}. To the bit the results are the same. */
final class Bfloat16NormAhead implements RmsNormLoop.InRoom {

    private static final int LANES = Species.F32.length();

    @Override
    public void run(long x, long out, long rows, long weight, NormRoom room, int columns, float eps) {
        long step = (long) columns * Short.BYTES;
        float[] weights = room.wide().f();
        Bfloat16Norm.split(weight, weights, columns);
        float squares = Bfloat16Norm.squares(x, columns);
        for (long row = 0; row < rows - 1; row++) {
            long at = x + row * step;
            float factor = Float32Norm.inverseRoot(squares, columns, eps);
            squares = scale(at, out + row * step, weights, columns, factor, at + step);
        }
        long last = (rows - 1) * step;
        Bfloat16Norm.scale(x + last, out + last, weights, columns, Float32Norm.inverseRoot(squares, columns, eps));
    }

    /** Scales the row at {@code x} and returns the sum of the squares of the one at {@code next}. */
    private static float scale(long x, long out, float[] weight, int columns, float factor, long next) {
        FloatVector a = FloatVector.zero(Species.F32);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < columns; i += 2 * LANES) {
            IntVector ahead = Bfloat16Norm.read(next, i);
            IntVector halves = Bfloat16Norm.read(x, i);
            FloatVector low = Bfloat16Norm.toEightBits(halves.lanewise(LSHL, 16).reinterpretAsFloats().mul(factor));
            FloatVector high = Bfloat16Norm
                    .toEightBits(halves.and(Bfloat16Norm.UPPER).reinterpretAsFloats().mul(factor));
            IntVector lower = Bfloat16Norm.rounded(low.mul(FloatVector.fromArray(Species.F32, weight, i)));
            IntVector upper = Bfloat16Norm.rounded(high.mul(FloatVector.fromArray(Species.F32, weight, i + LANES)));
            lower.lanewise(LSHR, 16).or(upper.and(Bfloat16Norm.UPPER)).intoMemorySegment(OffHeap.ALL,
                    out + (long) i * Short.BYTES, NATIVE);
            FloatVector p = ahead.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector q = ahead.and(Bfloat16Norm.UPPER).reinterpretAsFloats();
            // the next two go to the other two sums
            FloatVector e = p.fma(p, a);
            FloatVector f = q.fma(q, b);
            a = c;
            b = d;
            c = e;
            d = f;
        }
        return Across.sum(a.add(b).add(c.add(d)));
    }
}
