package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.Elements.INDEX;
import static dev.kiln.backends.cpu.Elements.floatAt;

import dev.kiln.backends.cpu.RmsNormLoop;
import jdk.incubator.vector.FloatVector;

/**
 * {@link Float32Norm} in another order: while a row is scaled, the squares of the next are added. Memory is then read and written at
 * the same time, but two rows, weights and a result have to share the first-level cache. To the bit the results are the same.
 */
final class Float32NormAhead implements RmsNormLoop {

    private static final int LANES = Species.F32.length();
    private static final int BYTES = LANES * Float.BYTES;

    @Override
    public void run(long x, long out, long rows, long weight, int columns, float eps) {
        long step = (long) columns * Float.BYTES;
        float squares = Float32Norm.squares(x, columns);
        for (long row = 0; row < rows - 1; row++) {
            long at = x + row * step;
            float factor = Float32Norm.inverseRoot(squares, columns, eps);
            squares = scale(at, out + row * step, weight, columns, factor, at + step);
        }
        long last = (rows - 1) * step;
        Float32Norm.scale(x + last, out + last, weight, columns, Float32Norm.inverseRoot(squares, columns, eps));
    }

    /** Scales the row at {@code x} and returns the sum of the squares of the one at {@code next}. */
    private static float scale(long x, long out, long weight, int columns, float factor, long next) {
        FloatVector a = FloatVector.zero(Species.F32);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < (columns & INDEX); i += 2 * LANES) {
            long ahead = floatAt(next, i);
            FloatVector p = VectorMemory.readFloat32(ahead);
            FloatVector q = VectorMemory.readFloat32(ahead + BYTES);
            long at = floatAt(x, i);
            long by = floatAt(weight, i);
            long to = floatAt(out, i);
            VectorMemory.writeFloat32(VectorMemory.readFloat32(at).mul(factor).mul(VectorMemory.readFloat32(by)), to);
            VectorMemory.writeFloat32(
                    VectorMemory.readFloat32(at + BYTES).mul(factor).mul(VectorMemory.readFloat32(by + BYTES)),
                    to + BYTES);
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
