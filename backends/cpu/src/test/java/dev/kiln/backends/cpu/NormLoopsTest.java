package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loops among which an RMS norm of large rows may choose. */
@Tag("everyWidth")
class NormLoopsTest {

    private static final float EPS = 1e-6f;

    @ParameterizedTest(name = "{0} rows of {1}, in place: {2}, seed {3}")
    @CsvSource({"1, 64, false, 1", "2, 64, true, 2", "3, 192, false, 3", "7, 4096, true, 4", "5, 4160, false, 5"})
    void all_loops_for_float32_have_the_same_results_to_the_bit(int rows, int columns, boolean inPlace, long seed) {
        List<RmsNormLoop> loops = Loops.get().rmsNorm(DType.FLOAT32);
        assumeTrue(!loops.isEmpty(), "the Vector API is absent");
        int n = rows * columns;
        float[] expected = run(loops.getFirst(), rows, columns, inPlace, seed);
        for (RmsNormLoop loop : loops.subList(1, loops.size())) {
            float[] actual = run(loop, rows, columns, inPlace, seed);
            for (int i = 0; i < n; i++) {
                assertEquals(Float.floatToRawIntBits(expected[i]), Float.floatToRawIntBits(actual[i]), "element " + i);
            }
        }
    }

    @Test
    void a_large_norm_has_the_same_bits_each_time_whichever_loop_has_its_turn() {
        Array x = dev.kiln.ops.Random.normal(Shape.shape(1024, 1024), DType.FLOAT32, dev.kiln.ops.Random.key(6)).eval();
        Array weight = dev.kiln.ops.Random.normal(Shape.shape(1024), DType.FLOAT32, dev.kiln.ops.Random.key(7)).eval();
        float[] first = Fast.rmsNorm(x, weight, EPS).toFloatArray();
        for (int time = 0; time < Contest.OPENING; time++) {
            assertArrayEquals(first, Fast.rmsNorm(x, weight, EPS).toFloatArray(), "time " + time);
        }
        assertArrayEquals(
                Fast.rmsNorm(Ops.slice(x, new long[] {1000, 0}, new long[] {1024, 1024}), weight, EPS).toFloatArray(),
                Arrays.copyOfRange(first, 1000 * 1024, 1024 * 1024), "as few rows");
    }

    private static float[] run(RmsNormLoop loop, int rows, int columns, boolean inPlace, long seed) {
        int n = rows * columns;
        Random random = new Random(seed);
        try (Arena arena = Arena.ofConfined()) {
            long x = arena.allocate(4L * n, 64).address();
            long weight = arena.allocate(4L * columns, 64).address();
            long out = inPlace ? x : arena.allocate(4L * n, 64).address();
            for (int i = 0; i < n; i++) {
                Elements.putFloat(x + 4L * i, (float) random.nextGaussian() * (1 + i / columns));
            }
            for (int i = 0; i < columns; i++) {
                Elements.putFloat(weight + 4L * i, (float) random.nextGaussian());
            }
            loop.run(x, out, rows, weight, columns, EPS);
            float[] result = new float[n];
            for (int i = 0; i < n; i++) {
                result[i] = Elements.getFloat(out + 4L * i);
            }
            return result;
        }
    }
}
