package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.Reg;
import dev.kiln.backends.cpu.RmsNormLoop;
import dev.kiln.graph.OffHeap;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** RMS norm of float32. The squares are added in the order in which {@link VectorRowsF32} adds them. */
final class Float32Norm implements RmsNormLoop {

    private static final ByteOrder NATIVE = ByteOrder.nativeOrder();

    @Override
    public boolean needsRoom() {
        return false;
    }

    @Override
    public void run(long x, long out, long rows, long weight, Reg first, Reg second, int columns, float eps) {
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

    /** The sum of the squares of a row. */
    static float squares(long x, int columns) {
        int lanes = Species.F32.length();
        FloatVector a = FloatVector.zero(Species.F32);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < columns; i += 4 * lanes) {
            FloatVector p = read(x, i);
            FloatVector q = read(x, i + lanes);
            FloatVector r = read(x, i + 2 * lanes);
            FloatVector s = read(x, i + 3 * lanes);
            a = p.fma(p, a);
            b = q.fma(q, b);
            c = r.fma(r, c);
            d = s.fma(s, d);
        }
        return Across.sum(a.add(b).add(c.add(d)));
    }

    private static void scale(long x, long out, long weight, int columns, float factor) {
        for (int i = 0; i < columns; i += Species.F32.length()) {
            read(x, i).mul(factor).mul(read(weight, i)).intoMemorySegment(OffHeap.ALL,
                    out + (long) i * Float.BYTES, NATIVE);
        }
    }

    private static FloatVector read(long address, int i) {
        return FloatVector.fromMemorySegment(Species.F32, OffHeap.ALL, address + (long) i * Float.BYTES, NATIVE);
    }
}
