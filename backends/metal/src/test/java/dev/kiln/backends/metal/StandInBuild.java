package dev.kiln.backends.metal;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Builds the stand-in with clang, once for each state of its sources: it is kept under {@code target}, as are the kernels that
 * it compiles. A file beside it tells it where clang is, so that any program can be run with it:
 * {@code -Dkiln.metal.objc=target/standin/standin.so -Dkiln.metal.framework=target/standin/standin.so}.
 */
final class StandInBuild {

    /** The library, or why there is none. */
    record Result(Optional<Path> library, String whyNot) {}

    private static final Path SOURCES = Path.of("src", "test", "cpp").toAbsolutePath();
    private static final Path TARGET = Path.of("target", "standin").toAbsolutePath();
    /** Older ones have no half on x86-64. */
    private static final List<String> COMPILERS = List.of("clang-19", "clang-18", "clang-17", "clang-16", "clang-15");

    private static final List<String> IN_PROGRAMS = List.of("program.cpp", "rewriter.cpp", "rewriter.h", "standin.h");

    private StandInBuild() {}

    static Result result() {
        String system = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        if (!system.equals("Linux on amd64")) {
            return new Result(Optional.empty(),
                    "the stand-in for Metal is for Linux on amd64, this is " + system + ".");
        }
        Optional<Path> clang = COMPILERS.stream().flatMap(StandInBuild::onPath).findFirst();
        return clang.map(found -> new Result(Optional.of(ready(found)), ""))
                .orElseGet(() -> new Result(Optional.empty(), "none of " + COMPILERS + " is there."));
    }

    private static Stream<Path> onPath(String name) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "/usr/bin").split(":"))
                .map(folder -> Path.of(folder, name)).filter(Files::isExecutable);
    }

    private static Path ready(Path clang) {
        try {
            Path library = TARGET.resolve("standin.so");
            Path state = Path.of(library + ".state");
            String hash = hash(clang, sources());
            if (!Files.exists(library) || !Files.exists(state) || !Files.readString(state).equals(hash)) {
                Files.createDirectories(TARGET);
                build(clang, library);
                Files.writeString(state, hash);
            }
            Path programs = TARGET.resolve("programs-" + hash(clang, inPrograms()));
            Files.createDirectories(programs);
            Files.writeString(Path.of(library + ".place"),
                    String.join("\n", clang.toString(), SOURCES.resolve("shim").toString(), programs.toString()));
            return library;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** The sources that what becomes of a kernel depends on, beside its own text. */
    private static List<Path> inPrograms() throws IOException {
        return sources().stream().filter(file -> file.getParent().endsWith("shim")
                || IN_PROGRAMS.contains(file.getFileName().toString())).toList();
    }

    private static String hash(Path clang, List<Path> files) throws IOException {
        Hasher hasher = Hashing.sha256().newHasher().putString(clang.toString(), StandardCharsets.UTF_8);
        for (Path file : files) {
            hasher.putBytes(Files.readAllBytes(file));
        }
        return hasher.hash().toString().substring(0, 16);
    }

    private static void build(Path clang, Path library) throws IOException {
        Path making = Files.createTempFile(TARGET, "making", ".so");
        List<String> command = new ArrayList<>(
                List.of(clang.toString(), "-std=c++17", "-O1", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall",
                        "-Wextra",
                        "-Werror", "-o", making.toString()));
        sources().stream().map(Path::toString).filter(file -> file.endsWith(".cpp")).forEach(command::add);
        command.addAll(List.of("-lstdc++", "-lm", "-ldl", "-lpthread"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException("The stand-in for Metal does not compile:\n" + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        Files.move(making, library, StandardCopyOption.ATOMIC_MOVE);
    }
}
