package dev.kiln.examples.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Figures with where and when they were measured.
 *
 * @param date the day, ISO
 * @param commit what was checked out; with a plus sign if there were changes
 * @param cpu the processor's model
 * @param cores processors that the JVM saw
 * @param memoryBytes the machine's memory
 * @param jdk version and vendor
 * @param os name, version and architecture
 * @param figures one a row
 */
record Recording(String date, String commit, String cpu, int cores, long memoryBytes, String jdk, String os,
        List<Figure> figures) {

    private static final String RESOURCE = "recorded.json";
    private static final JsonMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** The last accepted figures, or null if none were recorded. */
    static @Nullable Recording accepted() throws IOException {
        try (InputStream in = Recording.class.getResourceAsStream(RESOURCE)) {
            return in == null ? null : MAPPER.readValue(in.readAllBytes(), Recording.class);
        }
    }

    static Recording read(Path file) throws IOException {
        return MAPPER.readValue(Files.readAllBytes(file), Recording.class);
    }

    /** Where {@link #accepted} comes from, in a checkout. */
    static Path source(Path root) {
        return root.resolve("examples/benchmarks/src/main/resources/dev/kiln/examples/benchmarks").resolve(RESOURCE);
    }

    void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, MAPPER.writeValueAsString(this) + "\n");
    }

    /** The figure of a row by its name, if there is one. */
    @Nullable
    Figure figure(String name) {
        for (Figure figure : figures) {
            if (figure.name().equals(name)) {
                return figure;
            }
        }
        return null;
    }
}
