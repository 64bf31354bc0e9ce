package dev.kiln.examples.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TextTest {

    private static final String TEXT = "public int size() {\n        return size;\n    }\n\n    int größe = 3 + 4; // ∑ 日本\t'don't'\n"
            .repeat(3) + "public size  \n";

    @Test
    void comments_go_and_strings_that_look_like_them_stay() {
        assertEquals("int a = 1; \nString s = \"/* no */ // \\\" no\";\nchar c = '\"';\n".replace("; \n", ";\n"),
                Corpus.withoutComments(
                        "/* licence\n*/\nint a = 1; // one\n/** doc */\nString s = \"/* no */ // \\\" no\";\nchar c = '\"';\n\n"));
    }

    @Test
    void tokens_stand_for_the_text_and_are_those_of_hugging_faces_library() throws Exception {
        Tokenizer tokenizer = Tokenizer.train(List.of(TEXT), 300);
        String unseen = TEXT + "class Größe2 { \u0000\u00ad\u00a0 }";
        int[] tokens = tokenizer.encode(unseen);
        assertEquals(unseen, tokenizer.decode(tokens));
        String json = JsonMapper.shared().writeValueAsString(tokenizer.toJson());
        assertArrayEquals(tokens, Tokenizer.parse(json).encode(unseen));
        System.setProperty("ai.djl.offline", "true");
        try (HuggingFaceTokenizer other = HuggingFaceTokenizer
                .newInstance(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), Map.of())) {
            assertArrayEquals(Arrays.stream(tokens).asLongStream().toArray(), other.encode(unseen).getIds());
        }
    }

    @Test
    void a_merge_joins_what_is_most_frequent() {
        Tokenizer tokenizer = Tokenizer.train(List.of("aab aab aab ab"), 259);
        assertEquals("ab", tokenizer.decode(new int[] {257}));
        assertEquals(" aab", tokenizer.decode(tokenizer.encode(" aab")));
        assertThrows(BadInput.class, () -> Tokenizer.train(List.of("a"), 100));
    }

    @Test
    void probabilities_of_all_bytes_add_up_to_one_and_follow_the_counts() {
        byte[] text = "abracadabra abracadabra".getBytes(StandardCharsets.US_ASCII);
        NGrams grams = new NGrams(5, text);
        for (String context : List.of("abra", "zzzz", "dabr", "z")) {
            double sum = 0;
            for (int next = 0; next < 256; next++) {
                byte[] asked = Arrays.copyOf(context.getBytes(StandardCharsets.US_ASCII), context.length() + 1);
                asked[context.length()] = (byte) next;
                sum += grams.probability(asked, context.length(), 5);
            }
            assertEquals(1, sum, 1e-9, context);
        }
        // once: 23 letters of 6 kinds, 10 of them a
        assertEquals((10 + 6.0 / 256) / (23 + 6), grams.probability(new byte[] {'a'}, 0, 1), 1e-12);
        assertTrue(grams.bitsPerByte(text, 5) < grams.bitsPerByte(text, 3));
    }
}
