package dev.kiln.examples.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Figures with where and when they were measured.
 *
 * @param date the day, ISO
 * @param commit what was checked out; with a plus sign if there were changes
 * @param cpu the processor's model and family
 * @param cores processors that the JVM saw
 * @param memoryBytes the machine's memory
 * @param jdk version and vendor
 * @param os name, version and architecture
 * @param figures one a row
 */
record Recording(String date, String commit, String cpu, int cores, long memoryBytes, String jdk, String os,
        List<Figure> figures) {

    private static final JsonMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** The last accepted figures of this processor or else of the one that README tells of; null if there are none. */
    static @Nullable Recording accepted(String cpu) throws IOException {
        Recording own = resource(suffix(cpu));
        return own == null ? resource("") : own;
    }

    private static @Nullable Recording resource(String suffix) throws IOException {
        try (InputStream in = Recording.class.getResourceAsStream("recorded" + suffix + ".json")) {
            return in == null ? null : MAPPER.readValue(in.readAllBytes(), Recording.class);
        }
    }

    /** What the names of files about {@code cpu} end with: nothing for the processor that README tells of. */
    private static String suffix(String cpu) throws IOException {
        Recording reference = resource("");
        return reference == null || reference.cpu.equals(cpu)
                ? ""
                : "-" + cpu.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }

    /** Makes these the accepted figures of their processor, in a checkout, with their chart. */
    void accept(Path root, String chart) throws IOException {
        String suffix = suffix(cpu);
        write(root.resolve("examples/benchmarks/src/main/resources/dev/kiln/examples/benchmarks/recorded" + suffix
                + ".json"));
        Files.writeString(root.resolve(".github/benchmarks" + suffix + ".svg"), chart);
    }

    static Recording read(Path file) throws IOException {
        return MAPPER.readValue(Files.readAllBytes(file), Recording.class);
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
