package dev.kiln.examples.benchmarks;

import com.google.common.base.Throwables;
import dev.kiln.examples.benchmarks.Row.Measured;
import dev.kiln.streams.Device;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures runs by JMH, each in a JVM of its own. */
final class Runs {

    private static final TimeValue SHORT = TimeValue.milliseconds(200);

    /**
     * What came of it.
     *
     * @param failed what could not be measured, and why: a line each
     */
    record Outcome(Map<Run, Measured> measured, List<String> failed) {}

    /** Runs that JMH can be asked for together. */
    private record Batch(SortedMap<String, String> params, int threads) {}

    private Runs() {}

    /**
     * Measures {@code runs} on a device; what has the same parameters is measured one after the other. Where a JVM fails, such as one
     * that a peer's native code has brought down, the others go on.
     *
     * @param quick a short look instead of figures one could record
     */
    static Outcome measure(Collection<Run> runs, Device device, int forks, boolean quick) {
        Map<String, Map<Batch, List<Run>>> batches = new LinkedHashMap<>();
        for (Run run : runs) {
            batches.computeIfAbsent(run.type(), type -> new LinkedHashMap<>())
                    .computeIfAbsent(new Batch(run.params(), run.threads()), batch -> new ArrayList<>()).add(run);
        }
        Map<Run, Measured> measured = new HashMap<>();
        List<String> failed = new ArrayList<>();
        for (Map<Batch, List<Run>> ofType : batches.values()) {
            for (Map.Entry<Batch, List<Run>> batch : ofType.entrySet()) {
                int threads = batch.getKey().threads();
                try {
                    for (RunResult result : new Runner(options(batch.getKey(), batch.getValue(), device, forks, quick))
                            .run()) {
                        Run run = run(result.getParams(), threads);
                        measured.put(run, measured(result));
                        System.out.println(run + ": " + Table.time(measured(result).nanos()));
                    }
                } catch (RunnerException failure) {
                    failed.add(batch.getValue().stream().map(Run::toString).collect(Collectors.joining(", ")) + ": "
                            + why(failure));
                    System.out.println(failed.getLast());
                }
            }
        }
        return new Outcome(measured, failed);
    }

    /** The first exception of a benchmark's own, or what JMH says. */
    private static Throwable why(Throwable failure) {
        Throwable ofJmh = Throwables.getRootCause(failure);
        Throwable[] ofBenchmark = ofJmh.getSuppressed();
        return ofBenchmark.length == 0 ? ofJmh : Throwables.getRootCause(ofBenchmark[0]);
    }

    private static Options options(Batch batch, List<Run> runs, Device device, int forks, boolean quick) {
        ChainedOptionsBuilder options = new OptionsBuilder().forks(forks).verbosity(VerboseMode.SILENT)
                .addProfiler(MemoryProfiler.class).shouldFailOnError(true);
        for (Run run : runs) {
            options.include("\\." + run.type() + "\\." + run.method() + "$");
        }
        batch.params().forEach(options::param);
        List<String> flags = new ArrayList<>(
                List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow"));
        if (batch.threads() > 0) {
            flags.add("-XX:ActiveProcessorCount=" + batch.threads());
        }
        if (!device.equals(Device.CPU)) {
            flags.addAll(OnDevice.flags(device));
        }
        options.jvmArgsAppend(flags.toArray(String[]::new));
        if (quick) {
            options.warmupIterations(2).warmupTime(SHORT).measurementIterations(3).measurementTime(SHORT);
        }
        return options.build();
    }

    private static Run run(BenchmarkParams params, int threads) {
        String[] name = params.getBenchmark().split("\\.", -1);
        SortedMap<String, String> values = new TreeMap<>();
        for (String key : params.getParamsKeys()) {
            values.put(key, params.getParam(key));
        }
        return new Run(name[name.length - 2], name[name.length - 1], values, threads);
    }

    private static Measured measured(RunResult result) {
        Result<?> peak = result.getSecondaryResults().get(MemoryProfiler.PEAK);
        return new Measured(result.getPrimaryResult().getStatistics().getPercentile(50),
                peak == null ? 0 : peak.getScore());
    }
}
