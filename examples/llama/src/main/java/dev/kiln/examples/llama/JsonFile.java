package dev.kiln.examples.llama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads the JSON files of a model folder. */
final class JsonFile {

    private static final long LARGEST = 256L << 20;
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private JsonFile() {}

    /** The object in {@code file}. */
    static ObjectNode read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new BadInput(file + " is missing.");
            }
            if (Files.size(file) > LARGEST) {
                throw new BadInput(
                        file + " has " + Files.size(file) + " bytes, more than a JSON file of a model needs.");
            }
            JsonNode root = MAPPER.readTree(Files.readAllBytes(file));
            if (root instanceof ObjectNode object) {
                return object;
            }
            throw new BadInput(file + " does not hold a JSON object.");
        } catch (JacksonException broken) {
            // where a place is named in the middle of the text, it is one of bytes that Jackson does not show
            throw new BadInput(file + " is not valid JSON: "
                    + broken.getOriginalMessage().replaceAll(" ?\\([^()]*\\[Source: [^\\]]*\\]\\)", ""));
        } catch (IOException unreadable) {
            throw new BadInput("Cannot read " + file, unreadable);
        }
    }
}
