package dev.kiln.examples.llama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelTest {

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}, tied {1}, tolerance {2}, seed {3}")
    @CsvSource({"FLOAT32, false, 2e-5, 11", "FLOAT32, true, 2e-5, 12", "FLOAT16, false, 0.01, 13",
        "BFLOAT16, false, 0.08, 14", "BFLOAT16, true, 0.08, 15"})
    void logits_agree_with_plain_loops_for_a_prompt_at_once_and_for_steps_across_the_end_of_the_room(DType dtype,
            boolean tied, double tolerance, long seed) throws IOException {
        TinyLlama llama = TinyLlama.random(seed, dtype, tied);
        llama.write(folder);
        int[] tokens = new SplittableRandom(seed).ints(260, 0, 13).toArray();
        double[][] expected = Reference.logits(llama, tokens);
        Model model = Model.load(folder, Config.read(folder));
        List<KeyValueCache> caches = model.newCaches();
        int prompt = 253;

        assertClose(expected[prompt - 1], logits(model, Arrays.copyOf(tokens, prompt), 0, caches), tolerance);
        for (int position = prompt; position < tokens.length; position++) {
            assertClose(expected[position], logits(model, new int[] {tokens[position]}, position, caches), tolerance);
        }
    }

    private static float[] logits(Model model, int[] tokens, int position, List<KeyValueCache> caches) {
        return model.logits(tokens, position, caches).astype(DType.FLOAT32).toFloatArray();
    }

    /** The tolerance is relative to the largest logit: small ones are differences of larger terms. */
    private static void assertClose(double[] expected, float[] actual, double tolerance) {
        assertEquals(expected.length, actual.length);
        double scale = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        assertTrue(scale > 0.01, "logits that are all near zero prove nothing");
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], tolerance * scale, "logit " + i);
        }
    }
}
