package dev.kiln.examples.train;

import java.util.Locale;

/** How far training is, in a line. */
final class Status {

    private static final int SHORTEST_BAR = 6;

    private final long started = System.nanoTime();
    private final int from;
    private final int steps;

    /** Training that begins now after {@code from} of {@code steps}. */
    Status(int from, int steps) {
        this.from = from;
        this.steps = steps;
    }

    int steps() {
        return steps;
    }

    /** The line after {@code done} steps, of which at least one was taken since the beginning. */
    String line(int done, double bits, double tokensPerSecond) {
        long left = Math.round((System.nanoTime() - started) / 1e9 / (done - from) * (steps - done));
        return String.format(Locale.ROOT, "step %d/%d  %.3f bits/byte  %.0f tokens/s  %d:%02d left", done, steps, bits,
                tokensPerSecond, left / 60, left % 60);
    }

    /** {@code line} with a bar in front that fills {@code width} columns; without one, or cut, if there is no room. */
    static String withBar(String line, double part, int width) {
        int room = width - line.length() - "[]  ".length();
        String all = room < SHORTEST_BAR
                ? line
                : "[" + "=".repeat((int) (room * part)) + " ".repeat(room - (int) (room * part)) + "]  " + line;
        return all.length() < width ? all + " ".repeat(width - all.length()) : all.substring(0, width);
    }
}
