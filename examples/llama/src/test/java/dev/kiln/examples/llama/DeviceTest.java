package dev.kiln.examples.llama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.streams.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The program on the GPU, or on what stands in for it: a library that the Metal backend's tests have built. */
class DeviceTest {

    @BeforeAll
    static void something_stands_in_for_metal_elsewhere() {
        Path library = Path.of(System.getProperty("kiln.standin", "absent"));
        if (Files.exists(library)) {
            System.setProperty("kiln.metal.objc", library.toString());
            System.setProperty("kiln.metal.framework", library.toString());
        }
    }

    @Test
    void the_gpu_tells_what_the_processor_tells() {
        assumeTrue(Device.METAL.isAvailable(), () -> Device.METAL.whyUnavailable().orElseThrow());
        String[] options = {"--prompt", "Once upon a time", "--max-tokens", "12", "--temperature", "0"};
        Program processor = Program.run(options);
        Program gpu = Program
                .run(Stream.concat(Stream.of(options), Stream.of("--device", "metal")).toArray(String[]::new));
        assertEquals(0, gpu.exitCode(), gpu.err());
        assertEquals(processor.text(), gpu.text());
    }

    @Test
    void the_gpu_tells_the_story_that_the_reference_program_tells() throws IOException {
        Path folder = Path.of(System.getProperty("kiln.shared", "absent"), "models", "stories260K");
        assumeTrue(Files.isDirectory(folder), () -> "There is no " + folder + "; set -Dkiln.shared.");
        assumeTrue(Device.METAL.isAvailable(), () -> Device.METAL.whyUnavailable().orElseThrow());
        Program gpu = Program.run("--model", folder.toString(), "--prompt", "Once", "--max-tokens", "24", "--device",
                "metal");
        assertEquals(0, gpu.exitCode(), gpu.err());
        String text = gpu.text().stripTrailing();
        assertTrue(text.length() > 30, text);
        assertTrue(Files.readString(folder.resolve("greedy.txt")).startsWith(text), text);
    }
}
