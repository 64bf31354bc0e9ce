package dev.kiln.examples.train;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Tree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where training stands. Written as a folder {@code step-000200} that Hugging Face's programs can read, with what is needed to go on in
 * its folder {@code training}. It is written beside and renamed when it is whole, so there is never half of one.
 *
 * @param step how many steps were taken
 */
record Checkpoint(int step, Learner.State state, Sizes sizes, Recipe recipe, Tokenizer tokenizer, Curve curve) {

    private static final String PREFIX = "step-";
    private static final String UNFINISHED = ".unfinished";
    private static final int KEPT = 2;

    /** What {@code training/progress.json} holds. */
    record Progress(int step, Sizes sizes, Recipe recipe) {

        @SuppressWarnings("ConstantValue") // null where the file lacks it
        Progress {
            if (sizes == null || recipe == null) {
                throw new BadInput("progress.json lacks the sizes or the recipe.");
            }
        }
    }

    /**
     * Makes the folder {@code out}.
     *
     * @throws BadInput if nothing can be written there: better before the first step than after hours
     */
    static void prepare(Path out) {
        try {
            Files.createDirectories(out);
            Files.delete(Files.createTempFile(out, "try", UNFINISHED));
        } catch (IOException refused) {
            throw new BadInput("Cannot write to " + out, refused);
        }
    }

    /**
     * Writes this into {@code out}, and removes checkpoints before the last two.
     *
     * @return the folder
     * @throws BadInput if that fails; the checkpoints that were there are there still
     */
    Path write(Path out) {
        Path folder = out.resolve("%s%06d".formatted(PREFIX, step));
        Path unfinished = out.resolve(folder.getFileName() + UNFINISHED);
        try {
            delete(unfinished);
            Files.createDirectories(unfinished.resolve("training"));
            writeJson(unfinished.resolve("config.json"), config());
            writeJson(unfinished.resolve("tokenizer.json"), tokenizer.toJson());
            writeJson(unfinished.resolve("tokenizer_config.json"), tokenizerConfig());
            Ops.saveSafetensors(unfinished.resolve("model.safetensors"),
                    state.model().astype(DType.FLOAT16).parameters(), Map.of("format", "pt"));
            Ops.saveSafetensors(unfinished.resolve("training/state.safetensors"), Tree.of(state).named());
            writeJson(unfinished.resolve("training/progress.json"), new Progress(step, sizes, recipe));
            Files.writeString(unfinished.resolve("training/losses.csv"), curve.toCsv());
            delete(folder);
            Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
            List<Path> all = all(out);
            for (Path old : all.subList(0, Math.max(0, all.size() - KEPT))) {
                delete(old);
            }
            return folder;
        } catch (IOException | UncheckedIOException | JacksonException failed) {
            BadInput told = new BadInput("Cannot write the checkpoint " + folder + last(out)
                    .map(last -> " (the last good one is " + last + ")").orElse(" (there is none before it)"), failed);
            try {
                delete(unfinished);
            } catch (IOException leftover) {
                told.addSuppressed(leftover);
            }
            throw told;
        }
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architectures", List.of("LlamaForCausalLM"));
        config.put("model_type", "llama");
        config.put("hidden_size", sizes.dim());
        config.put("intermediate_size", sizes.hidden());
        config.put("num_hidden_layers", sizes.layers());
        config.put("num_attention_heads", sizes.heads());
        config.put("num_key_value_heads", sizes.kvHeads());
        config.put("head_dim", sizes.dim() / sizes.heads());
        config.put("vocab_size", sizes.vocabulary());
        config.put("max_position_embeddings", sizes.length());
        config.put("rms_norm_eps", state.model().model().norm().eps());
        config.put("rope_theta", Llama.THETA);
        config.put("hidden_act", "silu");
        config.put("attention_bias", false);
        config.put("mlp_bias", false);
        config.put("tie_word_embeddings", true);
        config.put("bos_token_id", Tokenizer.BEGIN);
        config.put("eos_token_id", Tokenizer.BEGIN);
        config.put("torch_dtype", "float16");
        return config;
    }

    private static Map<String, Object> tokenizerConfig() {
        return Map.of("tokenizer_class", "PreTrainedTokenizerFast", "add_bos_token", true, "bos_token",
                Tokenizer.BEGIN_TEXT, "eos_token", Tokenizer.BEGIN_TEXT);
    }

    /** The last whole checkpoint in {@code out}. */
    static Optional<Path> last(Path out) {
        List<Path> all = all(out);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    private static List<Path> all(Path out) {
        List<Path> folders = new ArrayList<>();
        if (!Files.isDirectory(out)) {
            return folders;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(out,
                path -> path.getFileName().toString().matches(PREFIX + "\\d+"))) {
            found.forEach(folders::add);
        } catch (IOException | DirectoryIteratorException unreadable) {
            throw new BadInput("Cannot list " + out, unreadable);
        }
        folders.sort(null);
        return folders;
    }

    /** Reads a checkpoint that {@link #write} wrote. */
    static Checkpoint read(Path folder) {
        try {
            Progress progress = JsonMapper.shared().readValue(
                    Files.readString(folder.resolve("training/progress.json")),
                    Progress.class);
            Tokenizer tokenizer = Tokenizer.parse(Files.readString(folder.resolve("tokenizer.json")));
            if (tokenizer.size() != progress.sizes().vocabulary()) {
                throw new BadInput(folder + ": tokenizer.json has " + tokenizer.size() + " tokens, the model "
                        + progress.sizes().vocabulary() + ".");
            }
            Curve curve = Curve.parse(Files.readString(folder.resolve("training/losses.csv")));
            return new Checkpoint(progress.step(), state(folder.resolve("training/state.safetensors"), progress),
                    progress.sizes(), progress.recipe(), tokenizer, curve);
        } catch (IOException | RuntimeException refused) {
            throw refused instanceof BadInput said ? said : new BadInput("Cannot resume from " + folder, refused);
        }
    }

    private static Learner.State state(Path file, Progress progress) {
        Llama model = Llama.random(progress.sizes(), 0);
        Tree<Learner.State> tree = Tree.of(new Learner.State(model, progress.recipe().optimizer().init(model)));
        Map<String, Array> there = new LinkedHashMap<>(Ops.loadSafetensors(file));
        List<Array> leaves = new ArrayList<>();
        tree.named().forEach((name, wanted) -> {
            Array array = there.remove(name);
            if (array == null || !array.shape().equals(wanted.shape()) || array.dtype() != wanted.dtype()) {
                throw new BadInput(file + (array == null
                        ? " lacks " + name + "."
                        : ": " + name + " is " + array.dtype() + array.shape() + ", not " + wanted.dtype()
                                + wanted.shape() + "."));
            }
            leaves.add(copied(array));
        });
        there.keySet().stream().findFirst().ifPresent(name -> {
            throw new BadInput(file + " holds " + name + ", which this model has not.");
        });
        return tree.with(leaves);
    }

    /** Memory of its own: that of the file must not be donated. */
    private static Array copied(Array array) {
        return array.dtype() == DType.INT32
                ? Ops.reshape(Array.of(array.toIntArray()), array.shape())
                : Ops.reshape(Array.of(array.toFloatArray()), array.shape());
    }

    private static void writeJson(Path file, Object value) throws IOException {
        Files.writeString(file, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n");
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path path : found.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }
}
