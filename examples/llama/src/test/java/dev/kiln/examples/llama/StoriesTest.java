package dev.kiln.examples.llama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The program on a real model, which lies outside the repository. */
class StoriesTest {

    private final Path folder = Path.of(System.getProperty("kiln.shared", "absent"), "models", "stories260K");

    @BeforeEach
    void the_model_is_there() {
        assumeTrue(Files.isDirectory(folder), () -> "There is no " + folder + "; set -Dkiln.shared.");
    }

    @Test
    void it_tells_the_story_that_the_reference_program_tells() throws IOException {
        Program told = Program.run("--model", folder.toString(), "--prompt", "");
        assertEquals(0, told.exitCode(), told.err());
        assertEquals(Files.readString(folder.resolve("greedy.txt")), told.text());
        assertTrue(told.err().contains("tokens/s"), told.err());
    }

    @Test
    void a_prompt_that_is_the_beginning_of_the_story_is_continued_as_the_story() throws IOException {
        String story = Files.readString(folder.resolve("greedy.txt"));
        String prompt = "Once upon a time, there was a little girl named Lily.";
        Program told = Program.run("--model", folder.toString(), "--prompt", prompt, "--max-tokens", "60");
        assertEquals(0, told.exitCode(), told.err());
        String text = told.text().stripTrailing();
        assertTrue(text.length() > prompt.length() + 60, text);
        assertTrue(story.startsWith(text), text);
    }

    @Test
    void the_seed_decides_what_is_drawn() {
        String first = drawn(7);
        assertEquals(first, drawn(7));
        assertNotEquals(first, drawn(8));
    }

    private String drawn(int seed) {
        Program told = Program.run("--model", folder.toString(), "--prompt", "", "--max-tokens", "30", "--temperature",
                "1", "--seed",
                Integer.toString(seed));
        assertEquals(0, told.exitCode(), told.err());
        return told.text();
    }
}
