package dev.kiln.examples.llama;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {

    @TempDir
    Path folder;

    @Test
    void a_prompt_begins_with_the_token_that_begins_a_text() throws IOException {
        try (Tokenizer tokenizer = tokenizer()) {
            assertArrayEquals(new int[] {1}, tokenizer.encodeText(""));
            assertArrayEquals(new int[] {1, 10, 5, 8, 10}, tokenizer.encodeText("ab c ab"));
            assertArrayEquals(new int[] {1, 5, 3, 4}, tokenizer.encodeText("\u00e9"));
        }
    }

    @Test
    void what_was_encoded_prints_as_it_was() throws IOException {
        try (Tokenizer tokenizer = tokenizer()) {
            assertEquals("ab \u00e9 ab", print(tokenizer, tokenizer.encodeText("ab \u00e9 ab")));
        }
    }

    @Test
    void only_the_first_space_is_dropped() throws IOException {
        try (Tokenizer tokenizer = tokenizer()) {
            assertEquals(" ab ab", print(tokenizer, 1, 5, 10, 10));
        }
    }

    @Test
    void half_a_letter_is_printed_as_its_byte() throws IOException {
        try (Tokenizer tokenizer = tokenizer()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Tokenizer.Printer printer = tokenizer.printer(out);
            printer.print(3);
            assertArrayEquals(new byte[] {(byte) 0xC3}, out.toByteArray());
        }
    }

    @Test
    void byte_level_pieces_stand_for_bytes() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        Files.writeString(file,
                """
                        {"decoder": {"type": "ByteLevel"},
                         "model": {"vocab": {"\u0120a": 0, "\u010a": 1, "\u00c3\u00a9": 2, "\u00c3": 3, "\u0122": 4, "\u0121": 5,
                          "\u0142": 6, "\u0143": 7}}}
                        """);
        Vocabulary vocabulary = new Vocabulary(JsonFile.read(file), file);
        assertArrayEquals(" a".getBytes(StandardCharsets.UTF_8), vocabulary.bytes(0));
        assertArrayEquals("\n".getBytes(StandardCharsets.UTF_8), vocabulary.bytes(1));
        assertArrayEquals("\u00e9".getBytes(StandardCharsets.UTF_8), vocabulary.bytes(2));
        assertArrayEquals(new byte[] {(byte) 0xC3}, vocabulary.bytes(3));
        assertArrayEquals(new byte[] {(byte) 128}, vocabulary.bytes(4));
        assertArrayEquals(new byte[] {127}, vocabulary.bytes(5));
        assertArrayEquals(new byte[] {(byte) 160}, vocabulary.bytes(6));
        assertArrayEquals(new byte[] {(byte) 173}, vocabulary.bytes(7));
        assertArrayEquals(new byte[0], vocabulary.bytes(99));
    }

    private Tokenizer tokenizer() throws IOException {
        TinyLlama llama = TinyLlama.random(31, DType.FLOAT32, true);
        llama.write(folder);
        return Tokenizer.read(folder, llama.config());
    }

    private static String print(Tokenizer tokenizer, int... tokens) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Tokenizer.Printer printer = tokenizer.printer(out);
        for (int token : tokens) {
            printer.print(token);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
