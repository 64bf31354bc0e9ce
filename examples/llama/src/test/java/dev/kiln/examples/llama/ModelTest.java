package dev.kiln.examples.llama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ModelTest {

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}, tied {1}, tolerance {2}, seed {3}")
    @CsvSource({"FLOAT32, false, 2e-5, 11", "FLOAT32, true, 2e-5, 12", "FLOAT16, false, 0.01, 13",
        "BFLOAT16, false, 0.08, 14", "BFLOAT16, true, 0.08, 15"})
    void logits_agree_with_plain_loops_for_a_prompt_at_once_and_for_steps(DType dtype, boolean tied, double tolerance,
            long seed) throws IOException {
        assertAgrees(TinyLlama.random(seed, dtype, tied), 260, 253, tolerance, seed);
    }

    @ParameterizedTest(name = "{0}, seed 16")
    @EnumSource
    void every_family_agrees_with_plain_loops(Family family) throws IOException {
        assertAgrees(TinyLlama.random(family, 16, DType.FLOAT32, false), 70, 40, 2e-5, 16);
        assertAgrees(TinyLlama.random(family, 16, DType.FLOAT32, false), 20, 3, 2e-5, 16);
    }

    private void assertAgrees(TinyLlama llama, int count, int prompt, double tolerance, long seed)
            throws IOException {
        llama.write(folder);
        int[] tokens = new SplittableRandom(seed).ints(count, 0, 13).toArray();
        double[][] expected = Reference.logits(llama, tokens);
        Model model = Model.load(folder, Config.read(folder));
        Model.Output output = model.begin(Array.of(Arrays.copyOf(tokens, prompt)), 300);
        assertClose(expected[prompt - 1], output.logits(), tolerance);
        for (int position = prompt; position < tokens.length; position++) {
            output.memory().forEach(KeyValues::donate);
            output = model.next(Array.of(tokens[position]), Array.scalar(position), output.memory());
            assertClose(expected[position], output.logits(), tolerance);
        }
    }

    /** The tolerance is relative to the largest logit: small ones are differences of larger terms. */
    private static void assertClose(double[] expected, Array logits, double tolerance) {
        float[] actual = logits.astype(DType.FLOAT32).toFloatArray();
        assertEquals(expected.length, actual.length);
        double scale = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        assertTrue(scale > 0.01, "logits that are all near zero prove nothing");
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], tolerance * scale, "logit " + i);
        }
    }
}
