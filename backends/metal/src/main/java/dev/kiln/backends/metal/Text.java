package dev.kiln.backends.metal;

import java.util.ArrayList;
import java.util.List;

/**
 * The text of a kernel while it is written, and the numbers that it is run with: lengths and strides are parameters, so that
 * kernels for other shapes have the same text.
 */
final class Text {

    private final StringBuilder text = new StringBuilder();
    private final List<Long> numbers = new ArrayList<>();
    private String indent = "";

    /** Appends a line. */
    Text line(String line) {
        text.append(indent).append(line).append('\n');
        return this;
    }

    /** Lines from here on stand further to the right. */
    Text in() {
        indent += "    ";
        return this;
    }

    /** Ends what {@link #in} began. */
    Text out() {
        indent = indent.substring(4);
        return this;
    }

    /** How the kernel calls a number that it is given. */
    String parameter(long number) {
        numbers.add(number);
        return "p[" + (numbers.size() - 1) + "]";
    }

    /** The numbers, in their order. */
    long[] numbers() {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
