package dev.kiln.examples.llama;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Placeholder. */
record ChatTemplate(String source) {
    static ChatTemplate read(Path folder) { throw new BadInput("no"); }
    String render(@Nullable String system, String prompt) { return ""; }
}
