package dev.kiln.examples.train;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

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

    /** A bar that stays at the bottom. */
    final class Bar implements Display {

        private final PrintStream out;
        private final ProgressBar bar;

        private Bar(PrintStream out, int from, int steps) {
            this.out = out;
            bar = new ProgressBarBuilder().setTaskName("train").setInitialMax(steps).startsFrom(from, Duration.ZERO)
                    .setStyle(ProgressBarStyle.ASCII).setConsumer(new ConsoleProgressBarConsumer(out)).build();
        }

        @Override
        public void step(int done, double bits, double tokensPerSecond) {
            bar.setExtraMessage(String.format(Locale.ROOT, " %.3f bits/byte, %.0f tokens/s", bits, tokensPerSecond));
            bar.stepTo(done);
        }

        @Override
        public void say(String text) {
            out.println("\r\u001b[K" + text);
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    /** A line every few seconds. */
    final class Lines implements Display {

        private static final long EVERY = 10_000_000_000L;

        private final PrintStream out;
        private final int from;
        private final int steps;
        private final long started = System.nanoTime();
        private long told = started - EVERY;

        private Lines(PrintStream out, int from, int steps) {
            this.out = out;
            this.from = from;
            this.steps = steps;
        }

        @Override
        public void step(int done, double bits, double tokensPerSecond) {
            long now = System.nanoTime();
            if (now - told < EVERY && done != steps) {
                return;
            }
            told = now;
            long left = (long) ((now - started) / 1e9 / (done - from) * (steps - done));
            out.println(String.format(Locale.ROOT, "step %6d/%d  %.3f bits/byte  %6.0f tokens/s  %d:%02d left", done,
                    steps, bits, tokensPerSecond, left / 60, left % 60));
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
