package dev.kiln.examples.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny network on a tiny text; weights and batches are drawn with seed 3. */
class TrainTest {

    static final String TEXT = IntStream.range(0, 400)
            .mapToObj(i -> "int value" + i % 7 + " = list.get(" + i % 5 + ");\n").reduce("", String::concat);

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private int train(String out, String... more) throws IOException {
        Path text = folder.resolve("text.txt");
        Files.writeString(text, TEXT);
        List<String> args = new ArrayList<>(List.of("--text", text.toString(), "--out", folder.resolve(out).toString(),
                "--steps", "12", "--batch", "2", "--length", "16", "--vocabulary", "270", "--dim", "16", "--hidden",
                "24", "--layers", "2", "--heads", "4", "--kv-heads", "2", "--warmup", "2", "--check-every", "5",
                "--seed", "3"));
        args.addAll(List.of(more));
        return Train.run(new PrintStream(printed, true, StandardCharsets.UTF_8), args.toArray(String[]::new));
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private Checkpoint last(String out) {
        return Checkpoint.read(Checkpoint.last(folder.resolve(out)).orElseThrow());
    }

    @Test
    void resuming_goes_on_as_if_nothing_had_been_to_the_bit() throws Exception {
        assertEquals(0, train("whole"), this::printed);
        assertEquals(0, train("parts", "--stop-after", "4"), this::printed);
        assertEquals(0, train("parts", "--resume", "--stop-after", "3"), this::printed);
        assertEquals(0, train("parts", "--resume"), this::printed);
        assertEquals(12, last("parts").step());
        assertEquals(last("whole").curve().train(), last("parts").curve().train());
        Map<String, Array> whole = Tree.of(last("whole").state()).named();
        Tree.of(last("parts").state()).named().forEach((name, array) -> assertArrayEquals(
                whole.get(name).toFloatArray(), array.toFloatArray(), name));
        assertTrue(last("whole").curve().train().getLast().bits() < last("whole").curve().train().getFirst().bits());
    }

    @Test
    void a_run_leaves_a_folder_of_hugging_faces_layout_and_a_chart() throws Exception {
        assertEquals(0, train("out", "--bfloat16"), this::printed);
        Path checkpoint = folder.resolve("out/step-000012");
        Map<String, Array> tensors = Ops.loadSafetensors(checkpoint.resolve("model.safetensors"));
        assertEquals(DType.FLOAT16, tensors.get("model.layers.1.self_attn.k_proj.weight").dtype());
        assertEquals(Shape.shape(8, 16), tensors.get("model.layers.1.self_attn.k_proj.weight").shape());
        assertEquals(2 + 9 * 2, tensors.size());
        assertTrue(Files.readString(checkpoint.resolve("config.json")).contains("\"model_type\" : \"llama\""));
        assertTrue(Files.size(folder.resolve("out/losses.png")) > 1000);
        assertFalse(Files.exists(folder.resolve("out/step-000005")), "only the last two stay");
        assertTrue(printed().contains("5-gram model"), this::printed);
        printed.reset();
        assertEquals(1, train("out"));
        assertTrue(printed().startsWith("train: There is a checkpoint already"), this::printed);
    }

    @Test
    void a_weight_that_is_not_finite_is_named_with_the_step_and_the_rate() throws Exception {
        Sizes sizes = new Sizes(8, 8, 1, 2, 1, 20, 4);
        Recipe recipe = new Recipe(10, 2, 0.01, 2, 0.1, 1, false, 3);
        Learner healthy = Learner.begin(recipe, sizes);
        String name = "model.layers.0.mlp.up_proj.weight";
        Llama broken = healthy.state().model().update(Map.of(name, Ops.full(Shape.shape(8, 8), Float.NaN)));
        Learner learner = new Learner(recipe, new Learner.State(broken, healthy.state().optimizer()));
        Array tokens = Ops.reshape(Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), Shape.shape(2, 5));
        String message = assertThrows(BadInput.class, () -> learner.learn(1, tokens)).getMessage();
        assertTrue(message.contains("in step 2, at a learning rate of 0.0") && message.contains("the weight " + name),
                message);
        assertTrue(learner.state().model().parameters().get("model.norm.weight").isfinite().all().itemBoolean());
    }

    @Test
    void a_checkpoint_that_cannot_be_written_leaves_the_one_before_it() throws Exception {
        assertEquals(0, train("out", "--stop-after", "5"), this::printed);
        Checkpoint before = last("out");
        Files.createSymbolicLink(folder.resolve("out/step-000006.unfinished"), folder.resolve("nowhere"));
        Checkpoint next = new Checkpoint(6, before.state(), before.sizes(), before.recipe(), before.tokenizer(),
                before.curve());
        BadInput told = assertThrows(BadInput.class, () -> next.write(folder.resolve("out")));
        assertTrue(told.getMessage().contains("the last good one is " + folder.resolve("out/step-000005")),
                told.getMessage());
        assertEquals(5, last("out").step());
    }

    /** The program ends with 1, and the last thing that it prints is one line. */
    private void assertRefused(String message, String out, String... more) throws IOException {
        printed.reset();
        assertEquals(1, train(out, more), this::printed);
        String last = printed().lines().toList().getLast();
        assertTrue(last.startsWith("train: ") && last.contains(message), this::printed);
        assertFalse(printed().contains("Exception") || printed().contains("\tat "), this::printed);
    }

    @Test
    void options_that_make_no_sense_are_refused_in_a_line() throws Exception {
        assertRefused("There is no checkpoint in", "none", "--resume");
        assertRefused("--dim 16 is not an even multiple of --heads 3", "none", "--heads", "3");
        assertRefused("--heads 4 is not a multiple of --kv-heads 3", "none", "--kv-heads", "3");
        assertRefused("--steps must be at least 1, but is 0.", "none", "--steps", "0");
        assertRefused("--learning-rate must be positive and finite, but is NaN.", "none", "--learning-rate", "NaN");
        assertRefused("--weight-decay must be at least 0 and finite, but is -1.0.", "none", "--weight-decay", "-1");
        assertRefused("--warmup must be at least 0 and less than --steps (12), but is -5.", "none", "--warmup", "-5");
        assertRefused("at least 257", "none", "--vocabulary", "100");
        assertRefused("--held-out must be positive", "none", "--held-out", "0");
        assertRefused("too much for one step", "none", "--batch", "2000000000");
        assertRefused("Unable to allocate", "large", "--dim", "1000000000");
        assertRefused("less than one of --length 100000", "none", "--length", "100000");
    }

    @Test
    void texts_that_nothing_can_be_learnt_from_are_refused_in_a_line() throws Exception {
        Path file = folder.resolve("given");
        assertRefused("given is not there", "none", "--text", file.toString());
        Files.writeString(file, "");
        assertRefused("given has 0 characters; at least 1000 are needed", "none", "--text", file.toString());
        Files.write(file, new byte[] {1, -1, -2});
        assertRefused("given as UTF-8 text: it holds bytes that are not UTF-8", "none", "--text", file.toString());
        assertRefused("Cannot read", "none", "--text", folder.toString());
    }

    @Test
    void a_folder_that_cannot_be_written_to_is_refused_before_the_first_step() throws Exception {
        Files.writeString(folder.resolve("file"), "");
        assertRefused("file is there and not a folder", "file");
        assertFalse(printed().contains("weights"), this::printed);
    }

    @Test
    void what_is_no_checkpoint_of_this_model_is_not_gone_on_from() throws Exception {
        Path checkpoint = Files.createDirectories(folder.resolve("out/step-000005"));
        assertRefused("progress.json is not there", "out", "--resume");
        Files.createDirectories(checkpoint.resolve("training"));
        Files.writeString(checkpoint.resolve("training/progress.json"), "{\"step\": 5}");
        assertRefused("lacks the sizes", "out", "--resume");
        Files.writeString(checkpoint.resolve("training/progress.json"), "\u0000");
        assertRefused("Cannot resume from", "out", "--resume");

        assertEquals(0, train("good", "--stop-after", "5"), this::printed);
        Path progress = folder.resolve("good/step-000005/training/progress.json");
        String said = Files.readString(progress);
        Files.writeString(progress, said.replace("\"hidden\" : 24", "\"hidden\" : 32"));
        assertRefused(", not float32", "good", "--resume");
        Files.writeString(progress, said.replace("\"layers\" : 2", "\"layers\" : 3"));
        assertRefused("lacks ", "good", "--resume");
        Files.writeString(progress, said.replace("\"layers\" : 2", "\"layers\" : 1"));
        assertRefused("which this model has not", "good", "--resume");
        Files.writeString(progress, said);
        Path state = folder.resolve("good/step-000005/training/state.safetensors");
        Files.write(state, Arrays.copyOf(Files.readAllBytes(state), 5000));
        assertRefused("state.safetensors", "good", "--resume");
    }

    @Test
    void a_loss_that_is_not_finite_ends_the_run_and_leaves_the_last_checkpoint() throws Exception {
        assertRefused("The first tensor that is not finite is", "out", "--learning-rate", "1e30", "--warmup", "6");
        String last = printed().lines().toList().getLast();
        assertTrue(last.matches("train: The loss is .* in step \\d+, at a learning rate of .*E\\d+\\. .*"), last);
    }
}
