package dev.kiln.backends.metal;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the Objective-C runtime writes the types of a method down: a letter a type, structs in braces, the result first, each
 * followed by a place on the stack, which means nothing today.
 */
final class Encoding {

    private final String text;
    private int at;

    private Encoding(String text) {
        this.text = text;
    }

    /** In what a method of these types is not called by {@code type}; null if it can be. */
    static @Nullable String difference(String encoding, FunctionDescriptor type) {
        List<String> types = new Encoding(encoding).types();
        List<MemoryLayout> arguments = type.argumentLayouts();
        if (types.size() != arguments.size() + 1) {
            return "it takes " + (types.size() - 1) + " arguments";
        }
        String result = type.returnLayout().map(Encoding::of).orElse("v");
        if (!result.equals(types.getFirst())) {
            return "its result is " + types.getFirst() + " and not " + result;
        }
        for (int i = 0; i < arguments.size(); i++) {
            String argument = of(arguments.get(i));
            if (!argument.equals(types.get(i + 1))) {
                return "its argument " + i + " is " + types.get(i + 1) + " and not " + argument;
            }
        }
        return null;
    }

    /** A letter that stands for all types of the kind of {@code layout}. */
    private static String of(MemoryLayout layout) {
        return switch (layout) {
            case ValueLayout.OfBoolean b -> "B";
            case ValueLayout.OfInt i -> "i";
            case ValueLayout.OfLong l -> "q";
            case ValueLayout.OfFloat f -> "f";
            case ValueLayout.OfDouble d -> "d";
            case StructLayout struct ->
                "{" + String.join("", struct.memberLayouts().stream().map(Encoding::of).toList())
                        + "}";
            default -> layout.equals(ValueLayout.ADDRESS) ? "^" : "?";
        };
    }

    private List<String> types() {
        List<String> types = new ArrayList<>();
        while (at < text.length()) {
            types.add(type());
            while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '-')) {
                at++;
            }
        }
        return types;
    }

    private String type() {
        char c = text.charAt(at++);
        return switch (c) {
            case 'r', 'n', 'N', 'o', 'O', 'R', 'V', 'A' -> type(); // const, in, out and the like
            case '@' -> object();
            case '#', ':', '*' -> "^";
            case '^' -> {
                type();
                yield "^";
            }
            case 'q', 'Q', 'l', 'L' -> "q";
            case 'i', 'I' -> "i";
            case 'B', 'c' -> "B"; // BOOL is a char where it is not a bool
            case '{' -> struct();
            default -> String.valueOf(c);
        };
    }

    /** A block has a question mark behind it, an object sometimes the name of its class. */
    private String object() {
        if (at < text.length() && text.charAt(at) == '?') {
            at++;
        } else if (at < text.length() && text.charAt(at) == '"') {
            at = text.indexOf('"', at + 1) + 1;
        }
        return "^";
    }

    private String struct() {
        int equals = text.indexOf('=', at);
        int end = text.indexOf('}', at);
        if (equals < 0 || equals > end) { // its members are not told
            at = end + 1;
            return "{?}";
        }
        at = equals + 1;
        StringBuilder members = new StringBuilder("{");
        while (text.charAt(at) != '}') {
            members.append(type());
        }
        at++;
        return members.append('}').toString();
    }
}
