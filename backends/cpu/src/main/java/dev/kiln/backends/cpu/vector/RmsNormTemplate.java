package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.Reg;
import dev.kiln.backends.cpu.RmsNormLoop;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/**
 * RMS norm over vectors of float. The squares are added in the order in which {@link VectorRowsF32} adds them.
 *
 * <p>
 * Each pass is a method of its own: in one, the compiler runs out of the nodes it allows itself for inlining (16-bit types
 * take a dozen vector operations an element), stops, and boxes vectors.
 */
final class RmsNormTemplate implements RmsNormLoop {

    private static final FloatMemory MEMORY = LoopTemplate.function(MethodHandles.lookup(), FloatMemory.class);

    @Override
    public void run(long x, long out, Reg weight, int columns, float eps) {
        float squares = squares(x, columns);
        scale(x, out, weight.f(), columns, (float) (1 / Math.sqrt((float) ((double) squares / columns) + eps)));
    }

    private static float squares(long x, int columns) {
        int lanes = Species.F32.length();
        int size = MEMORY.size();
        FloatVector a = FloatVector.zero(Species.F32);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < columns; i += 4 * lanes) {
            long at = x + (long) i * size;
            FloatVector p = MEMORY.read(at);
            FloatVector q = MEMORY.read(at + (long) lanes * size);
            FloatVector r = MEMORY.read(at + 2L * lanes * size);
            FloatVector s = MEMORY.read(at + 3L * lanes * size);
            a = p.fma(p, a);
            b = q.fma(q, b);
            c = r.fma(r, c);
            d = s.fma(s, d);
        }
        return Across.sum(a.add(b).add(c.add(d)));
    }

    private static void scale(long x, long out, float[] weight, int columns, float factor) {
        for (int i = 0; i < columns; i += Species.F32.length()) {
            long at = (long) i * MEMORY.size();
            FloatVector normed = MEMORY.round(MEMORY.read(x + at).mul(factor));
            MEMORY.write(normed.mul(FloatVector.fromArray(Species.F32, weight, i)), out + at);
        }
    }
}
