package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.FloatRows;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.Reg;
import dev.kiln.backends.cpu.RmsNormLoop;
import dev.kiln.graph.OffHeap;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;

/**
 * RMS norm of float16. Elements are widened, scaled, rounded and narrowed in plain loops, which the JIT compiler turns into vectors
 * of the processor's own conversions; the Vector API has none. It is a template although there is but one: inlined into its caller,
 * and that into the next, the loops stayed loops over single elements, twenty times slower.
 */
final class Float16Norm implements RmsNormLoop.InRoom {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    /** Adds the squares. */
    private static final FloatRows FN = LoopTemplate.function(MethodHandles.lookup(), FloatRows.class);

    @Override
    public void run(long x, long out, long count, long weight, Reg first, Reg second, int columns, float eps) {
        long step = (long) columns * Short.BYTES;
        SixteenBits.widenFloat16s(second.f(), 0, weight, columns);
        for (long row = 0; row < count; row++) {
            SixteenBits.widenFloat16s(first.f(), 0, x + row * step, columns);
            float factor = (float) FN.inverseRms(first, 0, columns, eps);
            scale(first.f(), out + row * step, second.f(), columns, factor);
        }
    }

    private static void scale(float[] x, long out, float[] weight, int columns, float factor) {
        for (int i = 0; i < columns; i++) {
            float normed = Float.float16ToFloat(Float.floatToFloat16(x[i] * factor));
            OffHeap.ALL.set(SHORT, out + 2L * i, Float.floatToFloat16(normed * weight[i]));
        }
    }
}
