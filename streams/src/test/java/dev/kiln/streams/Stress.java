package dev.kiln.streams;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openjdk.jcstress.annotations.JCStressTest;

/**
 * Runs jcstress on this class path, in a JVM of its own that forks one more for each test. The system property
 * {@code kiln.stress} is the time spent, in percent of what every build spends. What jcstress writes stays in
 * {@code target/jcstress}.
 */
public final class Stress {

    private static final int ITERATIONS = 5;
    private static final int MILLIS_PER_ITERATION = 150;

    private Stress() {}

    /** Runs the tests nested in {@code holders}, and fails with the report unless each of them was run and passed. */
    public static void run(Class<?>... holders) throws IOException, InterruptedException {
        List<String> tests = Arrays.stream(holders).flatMap(holder -> Arrays.stream(holder.getDeclaredClasses()))
                .filter(nested -> nested.isAnnotationPresent(JCStressTest.class)).map(Class::getCanonicalName).toList();
        Path folder = emptied(Path.of("target", "jcstress"));
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(command(tests)).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(output.toFile()).start();
        boolean hangs;
        try {
            hangs = !ends(process, output);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String report = Files.readString(output);
        String allPassed = "(Results: %1$d planned; %1$d passed, 0 failed, 0 soft errs, 0 hard errs)"
                .formatted(tests.size());
        if (hangs || tests.isEmpty() || !report.contains(allPassed)) {
            fail("jcstress was to pass " + tests + " but " + (hangs ? "one of them hangs" : "did not") + ":\n"
                    + report);
        }
    }

    /** False if nothing was reported for so long that a test must hang; where, is then in {@code output}. */
    private static boolean ends(Process process, Path output) throws IOException, InterruptedException {
        long patience = 90 + 20L * ITERATIONS * millisPerIteration() / 1000;
        long silent = 0;
        for (long before = 0; silent < patience; silent++) {
            if (process.waitFor(1, TimeUnit.SECONDS)) {
                return true;
            }
            long now = Files.size(output);
            if (now > before) {
                before = now;
                silent = 0;
            }
        }
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        for (ProcessHandle fork : process.descendants().toList()) {
            new ProcessBuilder(jcmd, Long.toString(fork.pid()), "Thread.print")
                    .redirectErrorStream(true).redirectOutput(Redirect.appendTo(output.toFile())).start().waitFor();
        }
        return false;
    }

    private static int millisPerIteration() {
        return Math.max(1, MILLIS_PER_ITERATION * Integer.getInteger("kiln.stress", 100) / 100);
    }

    private static List<String> command(List<String> tests) {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), "--enable-native-access=ALL-UNNAMED",
                "org.openjdk.jcstress.Main", //
                "-t", tests.stream().map(name -> name.replace(".", "\\.")).collect(Collectors.joining("|", "^(", ")$")),
                "-v", "-f", "1", "-iters", Integer.toString(ITERATIONS), //
                "-time", Integer.toString(millisPerIteration()), //
                "-sc", "false", "-af", "NONE", // one way to compile, no pinning: not every mix of both for every test
                "-jvmArgs", "--enable-native-access=ALL-UNNAMED", "-r", "report");
    }

    private static Path emptied(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var old = Files.walk(folder)) {
                for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        return Files.createDirectories(folder);
    }
}
