package dev.kiln.backends.cpu.vector;

import dev.kiln.backends.cpu.FloatRows;
import dev.kiln.backends.cpu.LoopTemplate;
import dev.kiln.backends.cpu.NormRoom;
import dev.kiln.backends.cpu.RmsNormLoop;
import dev.kiln.graph.OffHeap;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.ShortVector;

/**
 * RMS norm of float16. Elements are widened, scaled, rounded and narrowed in plain loops, which the JIT compiler turns into vectors
 * of the processor's own conversions; the Vector API has none. Where the processor multiplies float16s, the compiler sees that the
 * product of two of them is rounded to a third, and converts neither. It is a template although there is but one: inlined into its
 * caller, and that into the next, the loops stayed loops over single elements, twenty times slower.
 *
 * <p>
 * The compiler must know that a loop does not read what it writes, and of two off-heap addresses it does not. So a row is copied
 * before it is scaled, and the weights are. While a row's squares are added little is written: stores seem to wait behind those of
 * the row before.
 */
final class Float16Norm implements RmsNormLoop.InRoom {

    /** Adds sums of squares. */
    private static final FloatRows FN = LoopTemplate.function(MethodHandles.lookup(), FloatRows.class);

    @Override
    public void run(long x, long out, long count, long weight, NormRoom room, int columns, float eps) {
        long step = (long) columns * Short.BYTES;
        short[] weights = room.weights();
        copy(weight, weights, columns);
        for (long row = 0; row < count; row++) {
            int quarter = columns / 4;
            squares(x + row * step, room.wide().f(), quarter);
            double mean = FN.narrow(FN.sum(room.wide(), 0, quarter) / columns);
            copy(x + row * step, room.row(), columns);
            scale(room.row(), out + row * step, weights, columns, (float) FN.inverseRoot(mean, eps));
        }
    }

    /** Writes sums of four squares, one of an element of each quarter of a row. */
    private static void squares(long x, float[] sums, int quarter) {
        long y = x + 2L * quarter;
        long z = y + 2L * quarter;
        long u = z + 2L * quarter;
        for (int i = 0; i < quarter; i++) {
            float a = Halves.read(x + 2L * i);
            float b = Halves.read(y + 2L * i);
            float c = Halves.read(z + 2L * i);
            float d = Halves.read(u + 2L * i);
            sums[i] = Math.fma(d, d, Math.fma(c, c, Math.fma(b, b, a * a)));
        }
    }

    private static void copy(long from, short[] to, int columns) {
        for (int i = 0; i < columns; i += Species.I16_HALF.length()) {
            ShortVector.fromMemorySegment(Species.I16_HALF, OffHeap.ALL, from + 2L * i, SixteenBits.NATIVE)
                    .intoArray(to, i);
        }
    }

    private static void scale(short[] x, long out, short[] weight, int columns, float factor) {
        for (int i = 0; i < columns; i++) {
            float normed = Float.float16ToFloat(Float.floatToFloat16(Float.float16ToFloat(x[i]) * factor));
            Halves.write(normed * Float.float16ToFloat(weight[i]), out + 2L * i);
        }
    }
}
