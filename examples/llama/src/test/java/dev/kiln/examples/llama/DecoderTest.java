package dev.kiln.examples.llama;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import dev.kiln.graph.DType;
import dev.kiln.graph.Memory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecoderTest {

    @TempDir
    Path folder;

    private final TinyLlama llama = TinyLlama.random(51, DType.FLOAT32, false);

    @BeforeEach
    void a_folder() throws IOException {
        llama.write(folder);
    }

    private Decoder decoder(Sampling sampling) {
        return new Decoder(Model.load(folder, Config.read(folder)), sampling);
    }

    @Test
    void the_likeliest_tokens_are_those_of_plain_loops() {
        int[] tokens = new int[40];
        System.arraycopy(new int[] {1, 6, 9, 4}, 0, tokens, 0, 4);
        for (int i = 4; i < tokens.length; i++) {
            double[] logits = Reference.logits(llama, Arrays.copyOf(tokens, i))[i - 1];
            for (int token = 0; token < logits.length; token++) {
                tokens[i] = logits[token] > logits[tokens[i]] ? token : tokens[i];
            }
        }
        Decoder decoder = decoder(Sampling.GREEDY);
        Decoder.State state = decoder.begin(new int[] {1, 6, 9, 4}, 64, 0);
        int[] made = tokens.clone();
        for (int i = 4; i < tokens.length; i++) {
            made[i] = state.token().itemInt();
            state = decoder.next(state, i);
        }
        assertArrayEquals(tokens, made);
    }

    @Test
    void all_steps_of_all_texts_of_about_a_length_are_traced_once() {
        Decoder decoder = decoder(new Sampling(1, 3, 0.9, 0.01, 1.2));
        for (int seed = 0; seed < 3; seed++) {
            ImmutableList.copyOf(decoder.continuation(new int[] {1, 6 + seed}, 100, seed));
        }
        assertEquals(1, decoder.traces());
    }

    @Test
    void steps_write_into_the_memory_of_those_before() {
        Decoder decoder = decoder(Sampling.GREEDY);
        int room = 1 << 16;
        long cache = 2L * 2 * 12 * room * Float.BYTES; // two blocks, keys and values, two heads 6 wide
        Decoder.State state = decoder.begin(new int[] {1}, room, 0);
        long before = Memory.active();
        Memory.resetPeak();
        for (int i = 1; i < 60; i++) {
            state = decoder.next(state, i);
            state.token().eval();
        }
        assertTrue(Memory.peak() - before < cache, "took " + (Memory.peak() - before));
    }

    @Test
    void a_state_that_was_gone_on_from_is_gone() {
        Decoder decoder = decoder(Sampling.GREEDY);
        Decoder.State first = decoder.begin(new int[] {1}, 64, 0);
        decoder.next(first, 1).token().eval();
        assertThrows(IllegalStateException.class, () -> first.memory().getFirst().byFeature().toFloatArray());
    }
}
