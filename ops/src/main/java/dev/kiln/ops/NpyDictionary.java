package dev.kiln.ops;

import com.google.common.primitives.ImmutableLongArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the one form of Python dictionary that heads a {@code .npy} file: the three keys in any order, each once, with a
 * string, a boolean and a tuple of integers for values.
 */
final class NpyDictionary {
    /** What the three keys say; whether there is such an array, nobody has checked. */
    record Fields(String descr, boolean fortranOrder, ImmutableLongArray shape) {}

    private final String text;
    private final Refusal refusal;
    private int position;

    NpyDictionary(String text, Refusal refusal) {
        this.text = text;
        this.refusal = refusal;
    }

    /**
     * The fields of the dictionary.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    Fields read() {
        @Nullable
        String descr = null;
        @Nullable
        Boolean fortranOrder = null;
        @Nullable
        ImmutableLongArray shape = null;
        expect('{');
        while (!accept('}')) {
            String key = string();
            expect(':');
            switch (key) {
                case "descr" -> {
                    requireFirst(key, descr);
                    descr = descr();
                }
                case "fortran_order" -> {
                    requireFirst(key, fortranOrder);
                    fortranOrder = bool();
                }
                case "shape" -> {
                    requireFirst(key, shape);
                    shape = tuple();
                }
                default -> throw malformed("the key " + Refusal.quote(key) + " is unknown");
            }
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        skipWhitespace();
        if (position < text.length()) {
            throw malformed("text follows the dictionary");
        }
        if (descr == null || fortranOrder == null || shape == null) {
            throw malformed("one of the keys descr, fortran_order and shape is missing");
        }
        return new Fields(descr, fortranOrder, shape);
    }

    private void requireFirst(String key, @Nullable Object earlier) {
        if (earlier != null) {
            throw malformed("the key " + Refusal.quote(key) + " appears twice");
        }
    }

    private String descr() {
        if (accept('[')) {
            throw refusal.because("the array is structured; Kiln has no records, save each field on its own");
        }
        return string();
    }

    private String string() {
        skipWhitespace();
        char quote = peek();
        if (quote != '\'' && quote != '"') {
            throw malformed("a string is expected");
        }
        int end = text.indexOf(quote, position + 1);
        if (end < 0) {
            throw malformed("a string is not closed");
        }
        String string = text.substring(position + 1, end);
        if (string.indexOf('\\') >= 0) {
            throw malformed("a string holds an escape");
        }
        position = end + 1;
        return string;
    }

    private boolean bool() {
        skipWhitespace();
        if (text.startsWith("True", position)) {
            position += "True".length();
            return true;
        }
        if (text.startsWith("False", position)) {
            position += "False".length();
            return false;
        }
        throw malformed("True or False is expected");
    }

    private ImmutableLongArray tuple() {
        List<Long> dims = new ArrayList<>();
        boolean comma = true;
        expect('(');
        while (!accept(')')) {
            if (!comma) {
                throw malformed("a comma is expected");
            }
            if (dims.size() == ByteCount.MAX_RANK) {
                throw malformed("the shape has more than " + ByteCount.MAX_RANK + " dimensions");
            }
            dims.add(dimension());
            comma = accept(',');
        }
        if (dims.size() == 1 && !comma) {
            throw malformed("a tuple is expected, and (n) is not one");
        }
        return ImmutableLongArray.copyOf(dims);
    }

    private long dimension() {
        skipWhitespace();
        int start = position;
        while (peek() >= '0' && peek() <= '9') {
            position++;
        }
        String digits = text.substring(start, position);
        if (digits.isEmpty()) {
            throw malformed("a non-negative integer is expected");
        }
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            IllegalArgumentException refused = malformed(
                    "the dimension " + Refusal.quote(digits) + " is too large for any file");
            refused.initCause(e);
            throw refused;
        }
    }

    private boolean accept(char c) {
        skipWhitespace();
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

    /** The next character, or NUL, which nothing here accepts, at the end. */
    private char peek() {
        return position < text.length() ? text.charAt(position) : '\0';
    }

    private IllegalArgumentException malformed(String reason) {
        return refusal.because("malformed header at character " + position + ": " + reason);
    }
}
