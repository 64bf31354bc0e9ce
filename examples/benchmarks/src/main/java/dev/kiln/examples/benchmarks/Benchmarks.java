package dev.kiln.examples.benchmarks;

import dev.kiln.streams.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Measures Kiln and prints a table beside the recorded figures.
 *
 * <p>
 * How it hangs together: {@link Suite} has the {@link Row}s, each names the {@link Run}s it needs; {@link Runs} measures them
 * by JMH; a {@link Figure} for each row goes into the {@link Table}, and with {@code --record} into the {@link Recording} in
 * the tree and the {@link Chart} of it.
 */
@Command(name = "benchmarks", mixinStandardHelpOptions = true, description = "Measures Kiln beside copy loops.")
final class Benchmarks implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--quick", description = "A short look; its figures say little.")
    private boolean quick;

    @Option(names = "--only", paramLabel = "REGEX", description = "Only rows in whose names this is found.")
    private @Nullable Pattern only;

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "cpu", description = "cpu or metal (default: cpu); the loops that it is compared with run on the processor.")
    private Device.Kind device = Device.Kind.CPU;

    @Option(names = "--forks", defaultValue = "1", description = "JVMs for each benchmark (default: 1).")
    private int forks;

    @Option(names = "--record", description = "Accept the figures: write recorded*.json and .github/benchmarks*.svg, whose names tell the processor.")
    private boolean record;

    @Option(names = "--chart", paramLabel = "FILE", description = "Draw the chart of these figures there.")
    private @Nullable Path chart;

    private Benchmarks() {}

    /** Runs the program; exits with 0 if all was measured, whatever the figures. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Benchmarks()).setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((wrong, command, parsed) -> {
                    command.getErr().println("benchmarks: " + wrong);
                    return CommandLine.ExitCode.SOFTWARE;
                }).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        Device on = new Device(device, 0);
        if (record && (quick || only != null || !on.equals(Device.CPU))) {
            throw new ParameterException(spec.commandLine(),
                    "--record takes a whole run on the processor, without --quick, --only and --device: recorded figures belong"
                            + " together.");
        }
        on.whyUnavailable().ifPresent(why -> {
            throw new ParameterException(spec.commandLine(), "There is no device " + on + ": " + why + ".");
        });
        if (forks < 1) {
            throw new ParameterException(spec.commandLine(), "--forks must be at least 1, but is " + forks + ".");
        }
        if (chart != null && !Files.isWritable(chart.toAbsolutePath().getParent())) {
            throw new ParameterException(spec.commandLine(), "--chart " + chart + " cannot be written: "
                    + chart.toAbsolutePath().getParent() + " is no folder that this program may write to.");
        }
        Pattern wanted = only;
        List<Row> rows = Suite.rows().stream().filter(row -> wanted == null || wanted.matcher(row.name()).find())
                .filter(row -> on.equals(Device.CPU) || !row.run().isAlone()).toList();
        if (rows.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--only " + only + " is found in no row's name.");
        }
        Set<Run> runs = new LinkedHashSet<>();
        for (Row row : rows) {
            runs.add(row.run());
            Run yardstick = row.yardstick();
            if (yardstick != null) {
                runs.add(yardstick);
            }
        }
        Runs.Outcome outcome = Runs.measure(runs, on, forks, quick);
        List<Figure> figures = rows.stream().map(row -> row.figure(outcome.measured())).filter(Objects::nonNull)
                .toList();
        boolean all = outcome.failed().isEmpty();
        report(rows, Machine.recording(figures), record && all);
        if (!all) {
            System.out.printf("%nFailed%s:%n%s%n", record ? ", so nothing is recorded" : "",
                    String.join("\n", outcome.failed()));
        }
        return all ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private void report(List<Row> rows, Recording now, boolean accept) throws IOException {
        Recording before = Recording.accepted(now.cpu());
        System.out.printf("%n%s, %d cores, %s, %s, %s%s%n", now.cpu(), now.cores(), now.jdk(), now.os(), now.commit(),
                device == Device.Kind.CPU ? "" : "; Kiln's arrays on " + new Device(device, 0));
        System.out.println(before == null
                ? "Nothing is recorded yet."
                : "Recorded on " + before.date() + " with " + before.cpu() + ", " + before.cores() + " cores, "
                        + before.jdk() + ", " + before.commit() + ".");
        System.out.println("The value is the part of the yardstick's speed (a copy or read-write loop of the same run)"
                + " where no unit says otherwise.\n");
        System.out.print(Table.of(rows, now.figures(), before));
        if (accept) {
            now.accept(Machine.root(), Chart.of(rows, now));
        }
        if (chart != null) {
            Files.writeString(chart, Chart.of(rows, now));
        }
    }
}
