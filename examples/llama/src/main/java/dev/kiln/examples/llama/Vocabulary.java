package dev.kiln.examples.llama;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The bytes that each token stands for, from {@code tokenizer.json}. Bytes and not text: a letter outside ASCII may be spread over
 * several tokens, and whoever prints the bytes one after the other prints it whole.
 */
final class Vocabulary {

    private static final Pattern BYTE_PIECE = Pattern.compile("<0x[0-9A-Fa-f]{2}>");
    private static final byte[] NOTHING = {};

    private final Map<Integer, byte[]> bytes = new HashMap<>();
    private final boolean dropsFirstSpace;

    /** Reads the vocabulary out of the content of {@code file}. */
    Vocabulary(JsonNode tokenizer, Path file) {
        boolean byteLevel = mentions(tokenizer.path("decoder"), "ByteLevel");
        dropsFirstSpace = mentions(tokenizer.path("decoder"), "Strip");
        JsonNode pieces = tokenizer.path("model").path("vocab");
        if (!pieces.isObject()) {
            throw new BadInput(file + " has no vocabulary: model.vocab is not an object.");
        }
        for (Map.Entry<String, JsonNode> piece : pieces.properties()) {
            bytes.put(id(piece.getValue(), file),
                    byteLevel ? fromByteLevel(piece.getKey()) : fromSentencePiece(piece.getKey()));
        }
        for (JsonNode added : tokenizer.path("added_tokens")) {
            bytes.put(id(added.path("id"), file), added.path("special").asBoolean(false)
                    ? NOTHING
                    : added.path("content").asString("").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** What {@code token} prints; nothing for a special token or one that is not in the vocabulary. */
    byte[] bytes(int token) {
        return bytes.getOrDefault(token, NOTHING);
    }

    /** The largest token. */
    int last() {
        return bytes.keySet().stream().mapToInt(token -> token).max().orElse(-1);
    }

    /** Whether the space that pieces put in front of the first word is not part of the text. */
    boolean dropsFirstSpace() {
        return dropsFirstSpace;
    }

    private static int id(JsonNode id, Path file) {
        if (!id.isIntegralNumber() || !id.canConvertToInt()) {
            throw new BadInput(file + " numbers a token " + id + ".");
        }
        return id.intValue();
    }

    private static boolean mentions(JsonNode decoder, String type) {
        for (JsonNode step : decoder.path("decoders")) {
            if (mentions(step, type)) {
                return true;
            }
        }
        return decoder.path("type").asString("").equals(type);
    }

    /** SentencePiece writes a space as U+2581 and a byte that is no letter as {@code <0x0A>}. */
    private static byte[] fromSentencePiece(String piece) {
        return BYTE_PIECE.matcher(piece).matches()
                ? new byte[] {(byte) Integer.parseInt(piece, 3, 5, 16)}
                : piece.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Byte-level BPE writes every byte as one letter: itself if it is a visible letter of Latin-1, else one of the letters from
     * U+0100 on, in the order of the bytes.
     */
    private static byte[] fromByteLevel(String piece) {
        byte[] decoded = new byte[piece.length()];
        for (int i = 0; i < decoded.length; i++) {
            char letter = piece.charAt(i);
            decoded[i] = (byte) (letter < 0x100 ? letter : hidden(letter - 0x100));
        }
        return decoded;
    }

    /** The {@code n}th byte that is no visible letter: 0 to 32, 127 to 160, and 173. */
    private static int hidden(int n) {
        return n <= 32 ? n : n <= 66 ? n + 94 : 173;
    }
}
