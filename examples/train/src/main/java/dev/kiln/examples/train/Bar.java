package dev.kiln.examples.train;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** A bar that stays at the bottom of a terminal. */
final class Bar implements Display {

    private static final int USUAL_WIDTH = 80;

    private final PrintStream out;
    private final Status status;
    private final ProgressBar bar;
    private volatile String line = "";

    Bar(PrintStream out, int from, int steps) {
        this.out = out;
        status = new Status(from, steps);
        bar = new ProgressBarBuilder().setInitialMax(steps).startsFrom(from, Duration.ZERO)
                .setConsumer(new ConsoleProgressBarConsumer(out, USUAL_WIDTH) {
                    @Override
                    public int getMaxRenderedLength() {
                        return width() - 1;
                    }
                }).setRenderer((state, width) -> Status.withBar(line, state.getNormalizedProgress(), width)).build();
    }

    /**
     * The columns of the terminal now. The library would ask JLine, which puts SIGINT back to killing the process at once: Ctrl-C would
     * leave no checkpoint.
     */
    private static int width() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(ProcessBuilder.Redirect.INHERIT).start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            int columns = Integer.parseInt(size.substring(size.lastIndexOf(' ') + 1));
            return columns > 1 ? columns : USUAL_WIDTH;
        } catch (IOException | NumberFormatException absent) {
            return USUAL_WIDTH;
        }
    }

    @Override
    public void step(int done, double bits, double tokensPerSecond) {
        line = status.line(done, bits, tokensPerSecond);
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
