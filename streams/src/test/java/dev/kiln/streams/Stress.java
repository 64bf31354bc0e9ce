package dev.kiln.streams;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
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
        int exit;
        try {
            exit = process.waitFor();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String report = Files.readString(output);
        String allPassed = "(Results: %1$d planned; %1$d passed, 0 failed, 0 soft errs, 0 hard errs)"
                .formatted(tests.size());
        if (exit != 0 || tests.isEmpty() || !report.contains(allPassed)) {
            fail("jcstress was to pass " + tests + " and ended with " + exit + ":\n" + report);
        }
    }

    private static List<String> command(List<String> tests) {
        int percent = Integer.getInteger("kiln.stress", 100);
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), "--enable-native-access=ALL-UNNAMED",
                "org.openjdk.jcstress.Main", //
                "-t", tests.stream().map(name -> name.replace(".", "\\.")).collect(Collectors.joining("|", "^(", ")$")),
                "-f", "1", "-iters", Integer.toString(ITERATIONS), //
                "-time", Integer.toString(Math.max(1, MILLIS_PER_ITERATION * percent / 100)), //
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
