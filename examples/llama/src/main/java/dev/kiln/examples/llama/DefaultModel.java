package dev.kiln.examples.llama;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The model that comes with the program, on the class path, unpacked to a folder as long as it is needed. */
record DefaultModel(Path folder) implements AutoCloseable {

    private static final List<String> FILES = List.of("config.json", "tokenizer.json", "tokenizer_config.json",
            "model.safetensors");

    static DefaultModel unpack() throws IOException {
        DefaultModel model = new DefaultModel(Files.createTempDirectory("kiln-llama"));
        try {
            for (String file : FILES) {
                try (InputStream content = DefaultModel.class.getResourceAsStream("default/" + file)) {
                    if (content == null) {
                        throw new BadInput("No model comes with this build. Pass a Hugging Face folder: --model DIR");
                    }
                    Files.copy(content, model.folder.resolve(file));
                }
            }
        } catch (RuntimeException | IOException broken) {
            model.close();
            throw broken;
        }
        return model;
    }

    @Override
    public void close() throws IOException {
        for (String file : FILES) {
            Files.deleteIfExists(folder.resolve(file));
        }
        Files.delete(folder);
    }
}
