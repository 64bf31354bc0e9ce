package dev.kiln.examples.timeline;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Random;
import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Trace;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Evaluates a Llama block on two streams and shows when each of them did what: as a file for trace viewers, as a picture, and
 * in some lines of text.
 */
@Command(name = "timeline", mixinStandardHelpOptions = true, description = "Shows a Llama block running on two streams.")
final class Timeline implements Callable<Integer> {

    private static final int WARM_UPS = 30;
    private static final double MILLI = 1e6;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--out", paramLabel = "FILE", defaultValue = "target/timeline.json", description = "Where the timeline goes; the picture goes beside it, as .svg (default: target/timeline.json).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path file;

    @Option(names = "--tokens", defaultValue = "256", description = "How many tokens the block is given (default: 256).")
    private int tokens;

    private final PrintStream out;

    private Timeline(PrintStream out) {
        this.out = out;
    }

    /** Runs the program; exits with 0, with 1 if the files cannot be written, or with 2 if the options are wrong. */
    public static void main(String[] args) {
        System.exit(run(System.out, System.err, args));
    }

    /** Runs the program on the given streams and returns its exit code. */
    static int run(PrintStream out, PrintStream err, String... args) {
        return new CommandLine(new Timeline(out)).setParameterExceptionHandler((wrong, rest) -> {
            err.println("timeline: " + wrong.getMessage());
            return CommandLine.ExitCode.USAGE;
        }).setExecutionExceptionHandler((wrong, command, parsed) -> {
            err.println("timeline: " + (wrong instanceof IOException ? wrong.toString() : wrong.getMessage()));
            return CommandLine.ExitCode.SOFTWARE;
        }).execute(args);
    }

    @Override
    public Integer call() throws IOException {
        if (tokens < 1) {
            throw new ParameterException(spec.commandLine(), "--tokens must be at least 1, but is " + tokens);
        }
        Path json = file.toAbsolutePath().normalize();
        Path svg = json.resolveSibling(json.getFileName().toString().replaceFirst("\\.json$", "") + ".svg");
        Stream main = Stream.of(Device.CPU);
        Stream side = Stream.of(Device.CPU);
        Block block = Block.random(Random.key(1));
        Array x = Random.normal(Shape.shape(1, tokens, Block.HIDDEN), DType.FLOAT32, Random.key(2)).eval();
        try (Trace warming = Trace.start()) { // the recording is warmed up as well
            for (int i = 0; i < WARM_UPS; i++) {
                block.apply(x, main, side).eval();
            }
        }

        try (Trace trace = Trace.start()) {
            block.apply(x, main, side).eval();
            Files.createDirectories(json.getParent());
            trace.writeTo(json);
            String title = "A Llama block on " + tokens + " tokens, on two streams";
            Files.writeString(svg, new Picture(trace.spans()).svg(title));
            summarize(trace.spans(), main, side);
        }
        out.println("\n" + json + "\n    opens in https://ui.perfetto.dev and in chrome://tracing\n" + svg
                + "\n    is a picture of it");
        return CommandLine.ExitCode.OK;
    }

    private void summarize(List<Trace.Span> spans, Stream main, Stream side) {
        long start = spans.getFirst().start();
        long end = spans.stream().mapToLong(span -> span.end() - start).max().orElse(0) + start;
        say("A Llama block on %d tokens took %.2f ms", tokens, (end - start) / MILLI);
        for (Stream stream : List.of(main, side)) {
            List<Trace.Span> kernels = kernels(spans, stream);
            say("%16s  %2d kernels, computed for %.2f ms, waited for %.2f ms", stream, kernels.size(), millis(kernels),
                    millis(spans.stream()
                            .filter(span -> span.stream().equals(stream) && span.kind() == Trace.Kind.WAIT).toList()));
        }
        long overlap = kernels(spans, main).stream()
                .mapToLong(here -> kernels(spans, side).stream().mapToLong(here::overlap).sum()).sum();
        say("%16s  computed at the same time for %.2f ms", "both", overlap / MILLI);
    }

    private static List<Trace.Span> kernels(List<Trace.Span> spans, Stream stream) {
        return spans.stream().filter(span -> span.stream().equals(stream))
                .filter(span -> span.kind() == Trace.Kind.KERNEL || span.kind() == Trace.Kind.COPY).toList();
    }

    private static double millis(List<Trace.Span> spans) {
        return spans.stream().mapToLong(Trace.Span::duration).sum() / MILLI;
    }

    private void say(String format, Object... args) {
        out.println(String.format(Locale.ROOT, format, args));
    }
}
