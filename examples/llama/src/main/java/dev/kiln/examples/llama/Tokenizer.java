package dev.kiln.examples.llama;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/** Text to tokens by the Hugging Face library, tokens to text by the {@link Vocabulary}. */
final class Tokenizer implements AutoCloseable {

    private final HuggingFaceTokenizer encoder;
    private final Vocabulary vocabulary;
    private final Config config;

    private Tokenizer(HuggingFaceTokenizer encoder, Vocabulary vocabulary, Config config) {
        this.encoder = encoder;
        this.vocabulary = vocabulary;
        this.config = config;
    }

    /** Reads {@code folder/tokenizer.json}. */
    static Tokenizer read(Path folder, Config config) {
        Path file = folder.resolve("tokenizer.json");
        ObjectNode json = JsonFile.read(file);
        Vocabulary vocabulary = new Vocabulary(json, file);
        if (vocabulary.last() >= config.vocabulary()) {
            throw new BadInput(file + " has a token " + vocabulary.last() + ", but config.json says vocab_size "
                    + config.vocabulary() + ": it is another model's.");
        }
        // Done here, and the library aborts the whole process over some mistakes in them.
        json.putNull("post_processor").putNull("decoder").putNull("truncation").putNull("padding");
        return new Tokenizer(encoder(json, file), vocabulary, config);
    }

    private static HuggingFaceTokenizer encoder(ObjectNode json, Path file) {
        // The library would otherwise ask the network for a build of itself that suits a graphics card.
        System.setProperty("ai.djl.offline", "true");
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json.toString().getBytes(StandardCharsets.UTF_8)), Map.of());
        } catch (LinkageError | EngineException missing) {
            throw new BadInput("The native library of ai.djl.huggingface:tokenizers does not load here", missing);
        } catch (IOException | RuntimeException refused) {
            throw new BadInput("The tokenizer library refuses " + file, refused);
        }
    }

    /** The tokens of {@code text}, the one that begins every text in front if there is one. */
    int[] encodeText(String text) {
        return IntStream.concat(config.bos().stream(), Arrays.stream(encode(text))).toArray();
    }

    /** The tokens of {@code text} alone. */
    int[] encode(String text) {
        Encoding encoding;
        try {
            encoding = encoder.encode(text);
        } catch (RuntimeException refused) {
            throw new BadInput("The tokenizer library cannot encode the prompt", refused);
        }
        return Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
    }

    /** Writes tokens as they come to {@code out}. */
    Printer printer(OutputStream out) {
        return new Printer(out);
    }

    @Override
    public void close() {
        encoder.close();
    }

    /** A text in the making. */
    final class Printer {

        private final OutputStream out;
        private boolean atStart = true;

        private Printer(OutputStream out) {
            this.out = out;
        }

        /** Writes the bytes of one more token. */
        void print(int token) throws IOException {
            byte[] bytes = vocabulary.bytes(token);
            if (bytes.length == 0) {
                return;
            }
            int from = atStart && vocabulary.dropsFirstSpace() && bytes[0] == ' ' ? 1 : 0;
            out.write(bytes, from, bytes.length - from);
            out.flush();
            atStart = false;
        }
    }
}
