package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.Elements.ADDRESS;
import static dev.kiln.backends.cpu.Elements.INDEX;
import static dev.kiln.backends.cpu.Elements.floatAt;

import dev.kiln.backends.cpu.RmsNormLoop;
import jdk.incubator.vector.FloatVector;

/** RMS norm of float32. The squares are added in the order in which {@link VectorRowsF32} adds them. */
final class Float32Norm implements RmsNormLoop {

    private static final int LANES = Species.F32.length();
    private static final int BYTES = LANES * Float.BYTES;

    @Override
    public void run(long x, long out, long rows, long weight, int columns, float eps) {
        long step = (long) columns * Float.BYTES;
        for (long row = 0; row < rows; row++) {
            float factor = inverseRoot(squares(x + row * step, columns), columns, eps);
            scale(x + row * step, out + row * step, weight, columns, factor);
        }
    }

    /** What a row is multiplied by whose squares have this sum. */
    static float inverseRoot(float squares, int columns, float eps) {
        return (float) (1 / Math.sqrt((float) ((double) squares / columns) + eps));
    }

    /**
     * The sum of the squares of a row. The loop ends by inequality, so it is none that the compiler counts and unrolls: with sixteen
     * loads a turn an EPYC (Zen 4) seems to have fetched nothing ahead, and memory took two and a half times as long.
     */
    static float squares(long x, int columns) {
        FloatVector a = FloatVector.zero(Species.F32);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        long end = x + (long) columns * Float.BYTES;
        for (long i = x; i != end; i += 4 * BYTES) {
            long at = i & ADDRESS;
            FloatVector p = VectorMemory.readFloat32(at);
            FloatVector q = VectorMemory.readFloat32(at + BYTES);
            FloatVector r = VectorMemory.readFloat32(at + 2 * BYTES);
            FloatVector s = VectorMemory.readFloat32(at + 3 * BYTES);
            a = p.fma(p, a);
            b = q.fma(q, b);
            c = r.fma(r, c);
            d = s.fma(s, d);
        }
        return Across.sum(a.add(b).add(c.add(d)));
    }

    /** Writes a row multiplied by {@code factor} and by the weights. */
    static void scale(long x, long out, long weight, int columns, float factor) {
        for (int i = 0; i < (columns & INDEX); i += LANES) {
            FloatVector v = VectorMemory.readFloat32(floatAt(x, i)).mul(factor)
                    .mul(VectorMemory.readFloat32(floatAt(weight, i)));
            VectorMemory.writeFloat32(v, floatAt(out, i));
        }
    }
}
