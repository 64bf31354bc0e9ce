package dev.kiln.ops;

import java.util.List;
import java.util.Map;

/** A JSON value (RFC 8259). Integers that fit a {@code long} stay exact; every other number is a {@code double}. */
sealed interface Json {
    /** Members in the order of the text. */
    record Obj(Map<String, Json> members) implements Json {}

    record Arr(List<Json> items) implements Json {}

    record Str(String value) implements Json {}

    record Int(long value) implements Json {}

    record Real(double value) implements Json {}

    record Bool(boolean value) implements Json {}

    record Null() implements Json {}

    /** {@code value} as a JSON string with its quotes, always on one line. */
    static String quote(String value) {
        StringBuilder quoted = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                        quoted.append("\\u%04x".formatted((int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
