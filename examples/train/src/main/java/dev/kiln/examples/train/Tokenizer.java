package dev.kiln.examples.train;

import com.google.common.primitives.Ints;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Byte-level BPE (Sennrich, Haas and Birch 2016, arXiv:1508.07909). Token 0 begins every text, tokens 1 to 256 are bytes, each other
 * one is two of those before it put together.
 */
final class Tokenizer {

    /** The token that stands in front of each text. */
    static final int BEGIN = 0;
    static final String BEGIN_TEXT = "<|endoftext|>";

    private static final int BYTES = 256;
    private static final int FIRST_MERGED = BYTES + 1;
    /** What no token reaches across; that of GPT-2, which {@code tokenizer.json} asks for. */
    private static final Pattern WORDS = Pattern.compile(
            "'(?:[stmd]|re|ve|ll)| ?\\p{L}+| ?\\p{N}+| ?[^\\p{IsWhite_Space}\\p{L}\\p{N}]+|\\p{IsWhite_Space}+(?!\\P{IsWhite_Space})|\\p{IsWhite_Space}+");

    private final List<Merges.Pair> merges;
    private final Map<Merges.Pair, Integer> made = new HashMap<>();
    private final byte[][] bytes;
    private final Map<String, int[]> known = new HashMap<>();

    private Tokenizer(List<Merges.Pair> merges) {
        this.merges = merges;
        bytes = new byte[FIRST_MERGED + merges.size()][];
        bytes[BEGIN] = new byte[0];
        for (int i = 0; i < BYTES; i++) {
            bytes[i + 1] = new byte[] {(byte) i};
        }
        for (int i = 0; i < merges.size(); i++) {
            Merges.Pair pair = merges.get(i);
            made.put(pair, FIRST_MERGED + i);
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            both.writeBytes(bytes[pair.left()]);
            both.writeBytes(bytes[pair.right()]);
            bytes[FIRST_MERGED + i] = both.toByteArray();
        }
    }

    /** Puts together what stands together most often in {@code texts}, until there are {@code size} tokens. */
    static Tokenizer train(List<String> texts, int size) {
        if (size < FIRST_MERGED) {
            throw new BadInput(
                    "A vocabulary of " + size + " tokens does not hold all bytes: at least " + FIRST_MERGED + ".");
        }
        Map<String, Integer> words = new LinkedHashMap<>();
        for (String text : texts) {
            for (Matcher word = WORDS.matcher(text); word.find();) {
                words.merge(word.group(), 1, Integer::sum);
            }
        }
        Merges merges = new Merges();
        words.forEach((word, count) -> merges.add(bytesOf(word), count));
        return new Tokenizer(merges.most(size - FIRST_MERGED, FIRST_MERGED));
    }

    private static int[] bytesOf(String word) {
        byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
        int[] tokens = new int[utf8.length];
        for (int i = 0; i < utf8.length; i++) {
            tokens[i] = (utf8[i] & 0xFF) + 1;
        }
        return tokens;
    }

    /** How many tokens there are. */
    int size() {
        return bytes.length;
    }

    /** The bytes of a token; none for {@link #BEGIN}. */
    byte[] bytes(int token) {
        return bytes[token].clone();
    }

    int byteCount(int token) {
        return bytes[token].length;
    }

    /** The tokens of {@code text}. */
    int[] encode(String text) {
        int[] tokens = new int[text.length() / 2 + 16];
        int count = 0;
        for (Matcher word = WORDS.matcher(text); word.find();) {
            int[] next = known.computeIfAbsent(word.group(), this::merged);
            if (count + next.length > tokens.length) {
                tokens = Arrays.copyOf(tokens, 2 * (count + next.length));
            }
            System.arraycopy(next, 0, tokens, count, next.length);
            count += next.length;
        }
        return Arrays.copyOf(tokens, count);
    }

    /** The tokens of all texts, {@link #BEGIN} in front of each. */
    int[] encode(List<String> texts) {
        List<int[]> parts = new ArrayList<>();
        for (String text : texts) {
            parts.add(new int[] {BEGIN});
            parts.add(encode(text));
        }
        return Ints.concat(parts.toArray(int[][]::new));
    }

    private int[] merged(String word) {
        int[] tokens = bytesOf(word);
        int length = tokens.length;
        while (true) {
            int first = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < length; i++) {
                first = Math.min(first,
                        made.getOrDefault(new Merges.Pair(tokens[i], tokens[i + 1]), Integer.MAX_VALUE));
            }
            if (first == Integer.MAX_VALUE) {
                return Arrays.copyOf(tokens, length);
            }
            length = Merges.replace(tokens, length, merges.get(first - FIRST_MERGED), first);
        }
    }

    /** The text that tokens stand for. */
    String decode(int[] tokens) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int token : tokens) {
            text.writeBytes(bytes[token]);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /** As the file {@code tokenizer.json} of a Hugging Face folder. */
    Map<String, Object> toJson() {
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        vocabulary.put(BEGIN_TEXT, BEGIN);
        for (int i = 1; i < bytes.length; i++) {
            vocabulary.put(letters(bytes[i]), i);
        }
        List<String> pairs = merges.stream().map(p -> letters(bytes[p.left()]) + " " + letters(bytes[p.right()]))
                .toList();
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "BPE");
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        model.put("vocab", vocabulary);
        model.put("merges", pairs);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", "1.0");
        json.put("added_tokens",
                List.of(Map.of("id", BEGIN, "content", BEGIN_TEXT, "single_word", false, "lstrip", false,
                        "rstrip", false, "normalized", false, "special", true)));
        Map<String, Object> level = Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true,
                "use_regex", true);
        json.put("pre_tokenizer", level);
        json.put("decoder", level);
        json.put("model", model);
        return json;
    }

    /** Reads what {@link #toJson} wrote. */
    static Tokenizer parse(String text) {
        JsonNode model = JsonMapper.shared().readTree(text).path("model");
        Map<String, Integer> tokens = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : model.path("vocab").properties()) {
            tokens.put(entry.getKey(), entry.getValue().asInt());
        }
        List<Merges.Pair> merges = new ArrayList<>();
        for (JsonNode merge : model.path("merges")) {
            String[] parts = merge.asString().split(" ", 2);
            Integer left = tokens.get(parts[0]);
            Integer right = parts.length == 2 ? tokens.get(parts[1]) : null;
            if (left == null || right == null) {
                throw new BadInput("tokenizer.json merges what is not in its vocabulary: " + merge + ".");
            }
            merges.add(new Merges.Pair(left, right));
        }
        return new Tokenizer(merges);
    }

    /** Bytes as letters: visible ones of Latin-1 as themselves, the others from U+0100 on in their order. */
    private static String letters(byte[] bytes) {
        StringBuilder letters = new StringBuilder();
        for (byte b : bytes) {
            int value = b & 0xFF;
            letters.append((char) (isHidden(value) ? BYTES + hiddenBefore(value) : value));
        }
        return letters.toString();
    }

    private static boolean isHidden(int value) {
        return value <= ' ' || value >= 0x7F && value <= 0xA0 || value == 0xAD;
    }

    private static int hiddenBefore(int value) {
        return value <= ' ' ? value : value <= 0xA0 ? value - 0x7F + '!' : 0xA0 - 0x7F + '!' + 1;
    }
}
