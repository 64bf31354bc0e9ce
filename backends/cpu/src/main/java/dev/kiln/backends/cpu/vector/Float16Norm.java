package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.FloatRows;
import dev.kiln.backends.cpu.Reg;
import dev.kiln.backends.cpu.RmsNormLoop;
import dev.kiln.graph.OffHeap;
import java.lang.foreign.ValueLayout;

/**
 * RMS norm of float16. Elements are widened, scaled, rounded and narrowed in plain loops, which the JIT compiler turns into vectors
 * of the processor's own conversions; the Vector API has none.
 */
final class Float16Norm implements RmsNormLoop {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final FloatRows rows;

    /** A norm whose squares are added by {@code rows}. */
    Float16Norm(FloatRows rows) {
        this.rows = rows;
    }

    @Override
    public void run(long x, long out, long count, Reg weight, Reg room, int columns, float eps) {
        long step = (long) columns * Short.BYTES;
        for (long row = 0; row < count; row++) {
            SixteenBits.widenFloat16s(room.f(), 0, x + row * step, columns);
            float factor = (float) rows.inverseRms(room, 0, columns, eps);
            scale(room.f(), out + row * step, weight.f(), columns, factor);
        }
    }

    private static void scale(float[] x, long out, float[] weight, int columns, float factor) {
        for (int i = 0; i < columns; i++) {
            float normed = Float.float16ToFloat(Float.floatToFloat16(x[i] * factor));
            OffHeap.ALL.set(SHORT, out + 2L * i, Float.floatToFloat16(normed * weight[i]));
        }
    }
}
