package dev.kiln.examples.llama;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** Text to tokens by the Hugging Face library, tokens to text by the vocabulary. */
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
        Vocabulary vocabulary = Vocabulary.read(file);
        // The library would otherwise ask the network for a build of itself that suits a graphics card.
        System.setProperty("ai.djl.offline", "true");
        try {
            return new Tokenizer(HuggingFaceTokenizer.newInstance(file, Map.of("truncation", "DO_NOT_TRUNCATE")),
                    vocabulary, config);
        } catch (LinkageError | IllegalStateException missing) {
            throw new BadInput("The native library of ai.djl.huggingface:tokenizers does not load on this machine",
                    missing);
        } catch (IOException | RuntimeException refused) {
            throw new BadInput("The tokenizer library refuses " + file, refused);
        }
    }

    /** The tokens of {@code text}, the one that begins every text in front. */
    int[] encode(String text) {
        int[] tokens = Arrays.stream(encoder.encode(text).getIds()).mapToInt(Math::toIntExact).toArray();
        for (int token : tokens) {
            if (token < 0 || token >= config.vocabulary()) {
                throw new BadInput("tokenizer.json makes token " + token + " of the prompt, but config.json says"
                        + " vocab_size " + config.vocabulary() + ".");
            }
        }
        if (tokens.length > 0 && tokens[0] == config.bos()) {
            return tokens;
        }
        int[] begun = new int[tokens.length + 1];
        begun[0] = config.bos();
        System.arraycopy(tokens, 0, begun, 1, tokens.length);
        return begun;
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
            boolean drop = atStart && vocabulary.dropsFirstSpace() && bytes[0] == ' ';
            out.write(bytes, drop ? 1 : 0, drop ? bytes.length - 1 : bytes.length);
            out.flush();
            atStart = false;
        }
    }
}
