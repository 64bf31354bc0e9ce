package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.graph.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What RMS norms make of each value that 16 bits can have, infinities and NaN among them. */
@Tag("everyWidth")
class NormPatternsTest {

    private static final int PATTERNS = 1 << 16;
    /** As often as it takes for the loop to be compiled, which then multiplies in another way. */
    private static final int RUNS = 300;
    private static final float EPS = 1e-6f;

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void each_weight_is_multiplied_with_the_rounded_norm_and_the_product_rounded_once(ElementType type) {
        RmsNormLoop norm = loop(type);
        try (Arena arena = Arena.ofConfined()) {
            long x = arena.allocate(2L * PATTERNS, 64).address();
            long weight = arena.allocate(2L * PATTERNS, 64).address();
            long out = arena.allocate(2L * PATTERNS, 64).address();
            for (int i = 0; i < PATTERNS; i++) {
                Elements.put(type, x + 2L * i, 1 + 2 * (i / 2 % 2));
                Elements.ALL.set(ValueLayout.JAVA_SHORT, weight + 2L * i, (short) i);
            }
            float factor = (float) (1 / Math.sqrt(5 + EPS));
            for (int run = 0; run < RUNS; run++) {
                norm.run(x, out, 1, weight, PATTERNS, EPS);
            }
            for (int i = 0; i < PATTERNS; i++) {
                float normed = rounded(type, Elements.get(type, x + 2L * i) * factor);
                assertEquals(rounded(type, normed * Elements.get(type, weight + 2L * i)),
                        Elements.get(type, out + 2L * i),
                        "weight " + Integer.toHexString(i));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void each_element_is_scaled_by_the_root_of_its_rows_mean_square(ElementType type) {
        RmsNormLoop norm = loop(type);
        int columns = RmsNormLoop.COLUMNS;
        try (Arena arena = Arena.ofConfined()) {
            long x = arena.allocate(2L * PATTERNS, 64).address();
            long weight = arena.allocate(2L * columns, 64).address();
            long out = arena.allocate(2L * PATTERNS, 64).address();
            for (int i = 0; i < PATTERNS; i++) {
                Elements.ALL.set(ValueLayout.JAVA_SHORT, x + 2L * i, (short) i);
            }
            for (int i = 0; i < columns; i++) {
                Elements.put(type, weight + 2L * i, 1);
            }
            for (int run = 0; run < RUNS; run++) {
                norm.run(x, out, PATTERNS / columns, weight, columns, EPS);
            }
            for (int i = 0; i < PATTERNS; i++) {
                float expected = Elements.get(type, x + 2L * i) * factor(type, x + 2L * (i - i % columns), columns);
                // the sum's order may move the factor's last bit, and that a rounding
                float off = Float.isFinite(expected) ? Math.max(1e-7f, Math.abs(expected) * 0x1p-7f) : 0;
                assertEquals(expected, Elements.get(type, out + 2L * i), off, "element " + Integer.toHexString(i));
            }
        }
    }

    private static float factor(ElementType type, long row, int columns) {
        float squares = 0;
        for (int i = 0; i < columns; i++) {
            float v = Elements.get(type, row + 2L * i);
            squares += v * v;
        }
        return (float) (1 / Math.sqrt(squares / columns + EPS));
    }

    private static float rounded(ElementType type, float value) {
        try (Arena arena = Arena.ofConfined()) {
            long one = arena.allocate(2, 2).address();
            Elements.put(type, one, value);
            return Elements.get(type, one);
        }
    }

    private static RmsNormLoop loop(ElementType type) {
        List<RmsNormLoop> loops = Loops.get().rmsNorm(type == ElementType.F16 ? DType.FLOAT16 : DType.BFLOAT16);
        assumeTrue(!loops.isEmpty(), "the Vector API is absent");
        return loops.getFirst();
    }
}
