package dev.kiln.ops;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON from files that nobody vouches for. It accepts RFC 8259 and nothing beyond, and refuses what other readers
 * would settle in different ways: a name given twice in one object, half of a surrogate pair, text after the value.
 * Depth is limited, so a nesting bomb is an error of the file and not a {@link StackOverflowError}.
 */
final class JsonReader {
    static final int MAX_DEPTH = 32;

    /** Stands for the end of the text; JSON has no place for this character, so no text can feign it. */
    private static final char END = '\0';

    private final String text;
    private final Refusal refusal;
    private int position;

    private JsonReader(String text, Refusal refusal) {
        this.text = text;
        this.refusal = refusal;
    }

    /**
     * The one value that {@code text} holds.
     *
     * @throws IllegalArgumentException worded by {@code refusal} if the text is anything else
     */
    static Json read(String text, Refusal refusal) {
        JsonReader reader = new JsonReader(text, refusal);
        reader.skipWhitespace();
        Json value = reader.value(0);
        reader.skipWhitespace();
        if (reader.position < text.length()) {
            throw reader.malformed("text follows the end of the value");
        }
        return value;
    }

    private Json value(int depth) {
        return switch (peek()) {
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case '"' -> new Json.Str(string());
            case 't' -> literal("true", new Json.Bool(true));
            case 'f' -> literal("false", new Json.Bool(false));
            case 'n' -> literal("null", new Json.Null());
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            case END -> throw malformed("the text ends where a value is expected");
            default -> throw malformed("a value is expected");
        };
    }

    private Json object(int depth) {
        refuseBeyond(depth);
        Map<String, Json> members = new LinkedHashMap<>();
        expect('{');
        skipWhitespace();
        if (!accept('}')) {
            do {
                skipWhitespace();
                String name = string();
                skipWhitespace();
                expect(':');
                skipWhitespace();
                if (members.put(name, value(depth)) != null) {
                    throw malformed("the name " + Refusal.quote(name) + " appears twice in one object");
                }
                skipWhitespace();
            } while (accept(','));
            expect('}');
        }
        return new Json.Obj(Collections.unmodifiableMap(members));
    }

    private Json array(int depth) {
        refuseBeyond(depth);
        List<Json> items = new ArrayList<>();
        expect('[');
        skipWhitespace();
        if (!accept(']')) {
            do {
                skipWhitespace();
                items.add(value(depth));
                skipWhitespace();
            } while (accept(','));
            expect(']');
        }
        return new Json.Arr(Collections.unmodifiableList(items));
    }

    private void refuseBeyond(int depth) {
        if (depth > MAX_DEPTH) {
            throw malformed("values are nested more than " + MAX_DEPTH + " deep");
        }
    }

    private Json literal(String word, Json value) {
        if (!text.startsWith(word, position)) {
            throw malformed("a value is expected");
        }
        position += word.length();
        return value;
    }

    private Json number() {
        int start = position;
        boolean whole = true;
        accept('-');
        if (!accept('0')) {
            digits();
        }
        if (accept('.')) {
            whole = false;
            digits();
        }
        if (accept('e') || accept('E')) {
            whole = false;
            if (!accept('+')) {
                accept('-');
            }
            digits();
        }
        String number = text.substring(start, position);
        return whole && fitsLong(number)
                ? new Json.Int(Long.parseLong(number))
                : new Json.Real(Double.parseDouble(number));
    }

    private void digits() {
        int start = position;
        while (peek() >= '0' && peek() <= '9') {
            position++;
        }
        if (position == start) {
            throw malformed("a digit is expected");
        }
    }

    private static boolean fitsLong(String integer) {
        boolean negative = integer.startsWith("-");
        String limit = negative ? Long.toString(Long.MIN_VALUE) : Long.toString(Long.MAX_VALUE);
        // JSON allows no leading zeros, so of two numbers the longer is the larger, and equal lengths compare as text.
        return integer.length() < limit.length()
                || (integer.length() == limit.length() && integer.compareTo(limit) <= 0);
    }

    private String string() {
        expect('"');
        int start = position;
        while (peek() != '"' && peek() != '\\') {
            passCharacter();
        }
        if (peek() == '"') {
            return text.substring(start, position++);
        }
        StringBuilder unescaped = new StringBuilder().append(text, start, position);
        while (!accept('"')) {
            if (accept('\\')) {
                unescaped.append(escape());
            } else {
                unescaped.append(peek());
                passCharacter();
            }
        }
        String string = unescaped.toString();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(string)) {
            throw malformed("a string holds half of a surrogate pair");
        }
        return string;
    }

    private void passCharacter() {
        if (position == text.length()) {
            throw malformed("the text ends inside a string");
        }
        if (peek() < ' ') {
            throw malformed("a string holds a control character that is not escaped");
        }
        position++;
    }

    private char escape() {
        char kind = peek();
        position++;
        return switch (kind) {
            case '"', '\\', '/' -> kind;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> codeUnit();
            default -> throw malformed("an escape in a string is unknown");
        };
    }

    private char codeUnit() {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            char c = peek();
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw malformed("four hexadecimal digits are expected after \\u");
            }
            unit = (unit << 4) | digit;
            position++;
        }
        return (char) unit;
    }

    private char peek() {
        return position < text.length() ? text.charAt(position) : END;
    }

    private boolean accept(char c) {
        if (peek() != c) {
            return false;
        }
        position++;
        return true;
    }

    private void expect(char c) {
        if (!accept(c)) {
            throw malformed("'" + c + "' is expected");
        }
    }

    private void skipWhitespace() {
        while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
            position++;
        }
    }

    private IllegalArgumentException malformed(String reason) {
        return refusal.because("malformed JSON at character " + position + ": " + reason);
    }
}
