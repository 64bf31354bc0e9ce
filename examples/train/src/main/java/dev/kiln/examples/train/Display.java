package dev.kiln.examples.train;

import java.io.Console;
import java.io.PrintStream;

/** Shows how training goes on. */
interface Display extends AutoCloseable {

    /** Tells that {@code done} steps are done. */
    void step(int done, double bits, double tokensPerSecond);

    /** Shows some lines of text. */
    void say(String text);

    @Override
    void close();

    /** A bar on a terminal, else lines now and then. */
    @SuppressWarnings("SystemConsoleNull") // NullAway, and the method's documentation, say that it may be null
    static Display of(PrintStream out, int from, int steps) {
        Console console = System.console();
        return console != null && console.isTerminal()
                ? new Bar(out, from, steps)
                : new Lines(out, from, steps);
    }

    /** A line every few seconds. */
    final class Lines implements Display {

        private static final long EVERY = 10_000_000_000L;

        private final PrintStream out;
        private final Status status;
        private long told = System.nanoTime() - EVERY;

        private Lines(PrintStream out, int from, int steps) {
            this.out = out;
            status = new Status(from, steps);
        }

        @Override
        public void step(int done, double bits, double tokensPerSecond) {
            long now = System.nanoTime();
            if (now - told >= EVERY || done == status.steps()) {
                told = now;
                out.println(status.line(done, bits, tokensPerSecond));
            }
        }

        @Override
        public void say(String text) {
            out.println(text);
        }

        @Override
        public void close() {
            out.flush();
        }
    }
}
