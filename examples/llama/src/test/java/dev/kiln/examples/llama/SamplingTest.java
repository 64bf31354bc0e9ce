package dev.kiln.examples.llama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplingTest {

    /** Probabilities 0.5, 0.25, 0.15, 0.06 and 0.04, not in this order. */
    private static final Array LOGITS = Array.of(log(0.15), log(0.5), log(0.04), log(0.06), log(0.25));

    @TempDir
    Path folder;

    private static float log(double p) {
        return (float) Math.log(p);
    }

    /** Which tokens come up in 200 draws with seed 5, and how often. */
    private static int[] counts(Sampling sampling) {
        int[] counts = new int[5];
        Sampling.State state = sampling.begin(Array.of(0), 5, 5);
        for (int i = 0; i < 200; i++) {
            Sampling.Choice choice = sampling.choose(LOGITS, state);
            counts[choice.token().itemInt()]++;
            state = choice.state();
        }
        return counts;
    }

    private static Set<Integer> drawn(Sampling sampling) {
        int[] counts = counts(sampling);
        Set<Integer> drawn = new TreeSet<>();
        for (int token = 0; token < counts.length; token++) {
            if (counts[token] > 0) {
                drawn.add(token);
            }
        }
        return drawn;
    }

    @Test
    void at_temperature_0_the_likeliest_token_is_taken() {
        assertEquals(Set.of(1), drawn(Sampling.GREEDY));
    }

    @Test
    void draws_follow_the_probabilities_and_temperature_sharpens_them() {
        int[] warm = counts(new Sampling(1, 0, 1, 0, 1));
        assertEquals(100, warm[1], 25, Arrays.toString(warm));
        assertEquals(50, warm[4], 22, Arrays.toString(warm));
        int[] cool = counts(new Sampling(0.3, 0, 1, 0, 1));
        assertTrue(cool[1] > 160, Arrays.toString(cool));
    }

    @Test
    void top_k_draws_among_the_k_likeliest() {
        assertEquals(Set.of(1, 4), drawn(new Sampling(1, 2, 1, 0, 1)));
        assertEquals(Set.of(0, 1, 2, 3, 4), drawn(new Sampling(1, 99, 1, 0, 1)));
    }

    @Test
    void top_p_draws_among_the_likeliest_that_reach_p_together() {
        assertEquals(Set.of(1), drawn(new Sampling(1, 0, 0.4, 0, 1)));
        assertEquals(Set.of(0, 1, 4), drawn(new Sampling(1, 0, 0.8, 0, 1)));
    }

    @Test
    void min_p_draws_among_those_with_a_part_of_the_likeliest_ones_probability() {
        assertEquals(Set.of(0, 1, 4), drawn(new Sampling(1, 0, 1, 0.2, 1)));
    }

    @Test
    void the_penalty_makes_tokens_of_the_prompt_and_of_the_continuation_less_likely() {
        Sampling sampling = new Sampling(0, 0, 1, 0, 4);
        Sampling.State state = sampling.begin(Array.of(4), 5, 0);
        Array logits = Array.of(1f, 3f, -0.2f, 0.6f, 2f); // over 4: 0.25, 0.75, -0.8, 0.15, 0.5
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Sampling.Choice choice = sampling.choose(logits, state);
            tokens.add(choice.token().itemInt());
            state = choice.state();
        }
        assertEquals(List.of(1, 0, 1, 1), tokens);
    }

    @Test
    void a_seed_stands_for_one_text_with_every_filter_at_once() throws IOException {
        TinyLlama llama = TinyLlama.random(41, DType.FLOAT32, true);
        llama.write(folder);
        Model model = Model.load(folder, Config.read(folder));
        Decoder decoder = new Decoder(model, new Sampling(1.5, 9, 0.95, 0.01, 1.1));
        ImmutableList<Integer> first = ImmutableList.copyOf(decoder.continuation(new int[] {1, 6}, 20, 3));
        assertEquals(first, ImmutableList.copyOf(decoder.continuation(new int[] {1, 6}, 20, 3)));
        Set<List<Integer>> others = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
        for (int seed = 4; seed < 9; seed++) {
            others.add(ImmutableList.copyOf(decoder.continuation(new int[] {1, 6}, 20, seed)));
        }
        assertTrue(others.size() > 1, others.toString());
    }
}
