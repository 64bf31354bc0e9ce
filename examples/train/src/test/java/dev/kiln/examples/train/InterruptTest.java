package dev.kiln.examples.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes and a real Ctrl-C. */
class InterruptTest {

    private static final int PATIENCE_SECONDS = 120;
    /** SIGINT in a set of signals. */
    private static final long INTERRUPT = 1L << 1;

    @TempDir
    private Path folder;

    private String command() throws IOException {
        Path text = folder.resolve("text.txt");
        Files.writeString(text, TrainTest.TEXT);
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), Train.class.getName(), "--text", text.toString(), "--out",
                folder.resolve("out").toString(), "--steps", "1000000", "--batch", "2", "--length", "16",
                "--vocabulary", "270", "--dim", "16", "--hidden", "24", "--layers", "1", "--check-every", "1000000")
                .stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    }

    /** Whoever runs the tests in the background may have made them, and what they start, deaf to interrupts. */
    @BeforeAll
    static void interrupts_are_heard() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.isReadable(status)) {
            long ignored = Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:"))
                    .mapToLong(line -> Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16))
                    .findFirst().orElse(0);
            assumeTrue((ignored & INTERRUPT) == 0, "SIGINT is ignored here: start the tests in the foreground");
        }
    }

    @Test
    void ctrl_c_on_a_terminal_leaves_a_checkpoint_and_says_where() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")) && System.getProperty("os.name").equals("Linux"),
                "script of util-linux makes the terminal");
        interrupted("script", "-qec", command(), "/dev/null");
    }

    @Test
    void an_interrupt_without_a_terminal_leaves_a_checkpoint_and_says_where() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "a shell starts it");
        interrupted("sh", "-c", command() + "; true");
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private void interrupted(String... started) throws Exception {
        Process process = new ProcessBuilder(started).redirectErrorStream(true).start();
        CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS).execute(() -> end(process)); // ends the reading
        StringBuilder seen = new StringBuilder();
        try (BufferedReader out = process.inputReader()) {
            while (!seen.toString().contains("bits/byte")) {
                int letter = out.read();
                assertFalse(letter < 0, seen::toString);
                seen.append((char) letter);
            }
            ProcessHandle java = process.descendants().filter(child -> child.info().command().orElse("")
                    .endsWith("java")).findFirst().orElseThrow();
            assertEquals(0, new ProcessBuilder("kill", "-INT", Long.toString(java.pid())).start().waitFor());
            out.lines().forEach(seen::append);
        } finally {
            end(process);
        }
        Path last = Checkpoint.last(folder.resolve("out")).orElseThrow(() -> new AssertionError(seen));
        assertTrue(seen.toString().contains("checkpoint " + last + " (--resume goes on from it)"), seen::toString);
        int steps = Checkpoint.read(last).step();
        assertTrue(steps > 0 && steps < 1_000_000, seen::toString);
    }
}
