package dev.kiln.examples.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** What figures depend on besides the code. */
final class Machine {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private Machine() {}

    /** {@code figures}, measured here and today. */
    static Recording recording(List<Figure> figures) throws IOException {
        long memory = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 0;
        return new Recording(LocalDate.now(ZoneOffset.UTC).toString(), commit(), cpu(),
                Runtime.getRuntime().availableProcessors(), memory,
                System.getProperty("java.vm.version") + " " + System.getProperty("java.vm.vendor"),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                figures);
    }

    /** The top of the checkout that the program was started in. */
    static Path root() throws IOException {
        return Path.of(git("rev-parse", "--show-toplevel"));
    }

    private static String commit() throws IOException {
        return git("rev-parse", "--short=12", "HEAD") + (git("status", "--porcelain").isEmpty() ? "" : "+");
    }

    /** The model's name and, where there is one, the family: all servers of a maker may have one name, as those of AMD have here. */
    private static String cpu() throws IOException {
        return cpu(Files.isReadable(CPU_INFO) ? Files.readAllLines(CPU_INFO) : List.of());
    }

    static String cpu(List<String> cpuInfo) {
        String name = value(cpuInfo, "model name");
        String family = value(cpuInfo, "cpu family");
        if (name.isEmpty()) {
            return System.getProperty("os.arch");
        }
        return family.isEmpty() ? name : name + ", family " + family;
    }

    /** What the first line says that begins with {@code key}, or nothing. */
    private static String value(List<String> cpuInfo, String key) {
        for (String line : cpuInfo) {
            if (line.startsWith(key)) {
                return line.substring(line.indexOf(':') + 1).strip();
            }
        }
        return "";
    }

    private static String git(String... arguments) throws IOException {
        String[] command = new String[arguments.length + 1];
        command[0] = "git";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process git = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}
