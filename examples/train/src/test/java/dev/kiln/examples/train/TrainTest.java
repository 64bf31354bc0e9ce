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
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny network on a tiny text; weights and batches are drawn with seed 3. */
class TrainTest {

    private static final String TEXT = IntStream.range(0, 400)
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
        assertTrue(message.contains("in step 1, at a learning rate of 0.0") && message.contains("the weight " + name),
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

    @Test
    void bad_input_is_one_line() throws Exception {
        assertEquals(1, train("none", "--resume"));
        assertEquals(1, train("none", "--heads", "3"));
        assertEquals(1, train("none", "--text", folder.resolve("nowhere").toString()));
        assertEquals(3, printed().lines().count(), this::printed);
    }
}
