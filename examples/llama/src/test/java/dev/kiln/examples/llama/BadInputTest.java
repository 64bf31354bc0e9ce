package dev.kiln.examples.llama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with what the program is given, the user sees one line. */
class BadInputTest {

    @TempDir
    Path folder;

    private final TinyLlama llama = TinyLlama.random(21, DType.FLOAT32, false);

    @BeforeEach
    void a_folder_that_works() throws IOException {
        llama.write(folder);
    }

    @Test
    void the_folder_of_these_tests_works() {
        Program run = Program.run("--model", folder.toString(), "--prompt", "ab", "--max-tokens", "5");
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.text().startsWith("ab"), run.text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--max-tokens=-1|--max-tokens must not be negative",
        "--max-tokens=1e12|--max-tokens", "--temperature=-1|--temperature must be", "--temperature=NaN|--temperature",
        "--temperature=Infinity|--temperature", "--seed=x|--seed", "--bogus|--bogus", "extra|extra"})
    void wrong_options_exit_with_2(String option, String message) {
        assertRefused(2, message, "--model", folder.toString(), option);
    }

    @Test
    void without_a_model_the_one_that_comes_with_the_program_continues_java() {
        Program run = Program.run("--prompt", "for (int i = 0; i <", "--max-tokens", "12", "--temperature", "0");
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.text().startsWith("for (int i = 0; i < "), run.text());
        assertTrue(run.text().contains("; i++) {"), run.text());
    }

    @Test
    void lines_that_are_typed_are_continued_one_by_one() {
        Program run = Program.typing("import \nreturn \n\nnot this\n", "--max-tokens", "3");
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.text().startsWith("import "), run.text());
        assertTrue(run.text().contains("\nreturn "), run.text());
        assertFalse(run.text().contains("not this"), run.text());
        assertTrue(run.err().startsWith("Type the beginning of a text."), run.err());
    }

    @Test
    void a_line_that_is_too_long_does_not_end_the_session() {
        Program run = Program.typing("x = y;".repeat(300) + "\nint \n", "--max-tokens", "3");
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.err().contains("llama: The prompt has "), run.err());
        assertTrue(run.text().startsWith("int "), run.text());
    }

    @Test
    void a_folder_that_is_not_there_is_refused() {
        assertRefused(1, "is not a folder", "--model", folder.resolve("nowhere").toString());
    }

    @Test
    void a_file_in_place_of_a_folder_is_refused() {
        assertRefused(1, "is not a folder", "--model", folder.resolve("config.json").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "tokenizer.json", "model.safetensors"})
    void a_missing_file_is_refused(String file) throws IOException {
        Files.delete(folder.resolve(file));
        assertRefused(file.substring(file.lastIndexOf('.')));
    }

    @ParameterizedTest
    @CsvSource({"config.json, 20", "config.json, 0", "tokenizer.json, 300", "tokenizer.json, 0",
        "model.safetensors, 4000", "model.safetensors, 100", "model.safetensors, 5", "model.safetensors, 0"})
    void a_truncated_file_is_refused(String file, int length) throws IOException {
        byte[] whole = Files.readAllBytes(folder.resolve(file));
        Files.write(folder.resolve(file), Arrays.copyOf(whole, length));
        assertRefused(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "3", "null", "{", "\u0000\u0001", "{\"a\": NaN}"})
    void json_that_is_no_object_is_refused(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        assertRefused("config.json");
        llama.write(folder);
        Files.writeString(folder.resolve("tokenizer.json"), json);
        assertRefused("tokenizer.json");
    }

    @Test
    void json_nested_without_end_is_refused() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"a\":" + "[".repeat(1_000_000));
        assertRefused("config.json");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"model_type|\"gemma\"|model_type \"gemma\" is not supported",
        "model_type|null|model_type is missing", "model_type|7|model_type 7 is not a text",
        "hidden_act|\"gelu\"|hidden_act", "attention_bias|true|lack model.layers.0.self_attn.q_proj.bias",
        "attention_bias|3|attention_bias",
        "rope_scaling|{\"rope_type\":\"llama3\"}|rope_scaling: factor is missing",
        "rope_scaling|{\"type\":\"yarn\"}|type \"yarn\"",
        "rope_scaling|{\"type\":\"linear\",\"factor\":0}|factor 0 is not", "rope_scaling|[2]|rope_scaling",
        "rope_scaling|{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":4,\"high_freq_factor\":4,\"original_max_position_embeddings\":40}|high_freq_factor",
        "layer_types|[\"sliding_attention\",\"full_attention\"]|layer_types with",
        "quantization_config|{\"bits\":4}|quantization_config",
        "vocab_size|1000000000000|vocab_size", "vocab_size|1e12|vocab_size", "vocab_size|2000000000|embed_tokens",
        "vocab_size|0|vocab_size", "vocab_size|-5|vocab_size", "vocab_size|12.5|vocab_size",
        "vocab_size|\"13\"|vocab_size", "hidden_size|2147483647|embed_tokens",
        "hidden_size|null|hidden_size is missing",
        "num_hidden_layers|2000000000|lack model.layers.2.", "num_hidden_layers|1|hold 9 tensors",
        "num_attention_heads|2147483646|q_proj", "num_attention_heads|3|num_key_value_heads",
        "num_key_value_heads|0|num_key_value_heads", "head_dim|5|head_dim", "head_dim|2147483646|q_proj",
        "head_dim|8|q_proj", "intermediate_size|99999999999999999999|intermediate_size",
        "max_position_embeddings|0|max_position_embeddings", "rms_norm_eps|-1|rms_norm_eps",
        "rms_norm_eps|1e999|rms_norm_eps", "rope_theta|0|rope_theta", "rope_theta|\"x\"|rope_theta",
        "tie_word_embeddings|1|tie_word_embeddings", "bos_token_id|13|bos_token_id", "bos_token_id|-1|bos_token_id",
        "eos_token_id|[2,\"x\"]|eos_token_id"})
    void a_config_that_says_something_impossible_is_refused(String member, String value, String message)
            throws IOException {
        Path file = folder.resolve("config.json");
        // The later of two members of one name counts.
        Files.writeString(file, Files.readString(file).replace("}", ", \"" + member + "\": " + value + "}"));
        assertRefused(message);
    }

    @Test
    void a_missing_tensor_is_refused() {
        changeWeights(weights -> weights.remove("model.norm.weight"));
        assertRefused("lack model.norm.weight");
    }

    @Test
    void a_tensor_too_many_is_refused() {
        changeWeights(weights -> weights.put("model.layers.0.self_attn.q_proj.bias", Ops.zeros(Shape.shape(24))));
        assertRefused("q_proj.bias");
    }

    @Test
    void a_tensor_of_another_shape_is_refused() {
        changeWeights(weights -> weights.put("lm_head.weight", Ops.zeros(Shape.shape(16, 13))));
        assertRefused("lm_head.weight has shape (16,13) where config.json makes it (13,16)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT32", "FLOAT64", "BFLOAT16"})
    void a_tensor_of_another_dtype_is_refused(DType dtype) {
        changeWeights(weights -> weights.put("model.norm.weight", Ops.zeros(Shape.shape(16), dtype)));
        assertRefused("model.norm.weight is " + dtype);
    }

    @Test
    void a_tensor_in_two_files_is_refused() throws IOException {
        Files.copy(folder.resolve("model.safetensors"), folder.resolve("second.safetensors"));
        assertRefused("second.safetensors holds");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MAX_VALUE, Integer.MAX_VALUE, 99_999_999})
    void a_safetensors_header_of_absurd_length_is_refused(long length) throws IOException {
        Files.write(folder.resolve("model.safetensors"),
                ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
        assertRefused("model.safetensors");
    }

    @Test
    void a_safetensors_header_that_points_outside_the_file_is_refused() throws IOException {
        byte[] header = """
                {"model.norm.weight":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}"""
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(folder.resolve("model.safetensors"), file.putLong(header.length).put(header).array());
        assertRefused("model.safetensors");
    }

    @Test
    void a_tokenizer_with_tokens_that_the_model_has_not_is_refused() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        Files.writeString(file, Files.readString(file).replace("\"\u2581ab\": 10", "\"\u2581ab\": 4000"));
        assertRefused("has a token 4000, but config.json says vocab_size 13", "--prompt", "ab");
    }

    @Test
    void a_tokenizer_without_a_vocabulary_is_refused() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {\"vocab\": 3}}");
        assertRefused("has no vocabulary");
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {\"vocab\": {\"a\": 1e30}}}");
        assertRefused("numbers a token");
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {\"vocab\": {\"a\": 1}}}");
        assertRefused("tokenizer.json");
    }

    @Test
    void a_prompt_that_takes_all_positions_is_followed_by_one_token() {
        Program run = Program.run("--model", folder.toString(), "--prompt", "c".repeat(398), "--max-tokens", "10");
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.err().startsWith("prompt of 400 tokens"), run.err());
        assertFalse(run.err().contains("then"), run.err());
    }

    @Test
    void a_prompt_longer_than_the_model_takes_is_refused() {
        assertRefused("The prompt has 502 tokens, and the model takes 400", "--prompt", "c".repeat(500));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--top-k=-1|--top-k must", "--top-p=0|--top-p must",
        "--top-p=1.5|--top-p must",
        "--min-p=2|--min-p must", "--repetition-penalty=0|--repetition-penalty must",
        "--system=x|--system is for --chat"})
    void ways_to_choose_that_make_no_sense_exit_with_2(String option, String message) {
        assertRefused(2, message, "--model", folder.toString(), option);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"a\":\"model.safetensors\"}|a is not in model.safetensors",
        "{\"model.norm.weight\":\"model.safetensors\"}|does not list lm_head.weight",
        "{\"model.norm.weight\":\"gone.safetensors\"}|gone.safetensors",
        "{\"model.norm.weight\":\"../model.safetensors\"}|is no file of this folder",
        "{\"model.norm.weight\":7}|is no file of this folder", "{}|lack model.embed_tokens.weight", "3|lack"})
    void an_index_that_does_not_fit_the_files_is_refused(String map, String message) throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\": " + map + "}");
        assertRefused(message);
    }

    @Test
    void a_conversation_with_a_model_without_a_template_is_refused() {
        assertRefused("has no chat template", "--chat", "--prompt", "ab");
    }

    @Test
    void a_template_that_refuses_the_conversation_or_is_broken_is_refused() throws IOException {
        Path file = folder.resolve("chat_template.jinja");
        Files.writeString(file, "{{ raise_exception('no users here') }}");
        assertRefused("no users here", "--chat", "--prompt", "ab");
        Files.writeString(file, "{% if %}{{ messages[");
        assertRefused("The chat template cannot be rendered", "--chat", "--prompt", "ab");
        Files.writeString(file, "{% generation %}{% endgeneration %}");
        assertRefused("generation", "--chat", "--prompt", "ab");
    }

    @Test
    void an_empty_prompt_is_refused_where_texts_begin_with_no_token_of_their_own() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_bos_token\": false}");
        assertRefused("The prompt is empty", "--prompt", "");
    }

    private void changeWeights(Consumer<Map<String, Array>> change) {
        Map<String, Array> weights = new LinkedHashMap<>(llama.weights());
        change.accept(weights);
        Ops.saveSafetensors(folder.resolve("model.safetensors"), weights);
    }

    private void assertRefused(String message, String... more) {
        String[] args = new String[more.length + 2];
        args[0] = "--model";
        args[1] = folder.toString();
        System.arraycopy(more, 0, args, 2, more.length);
        assertRefused(1, message, args);
    }

    private static void assertRefused(int exitCode, String message, String... args) {
        Program run = Program.run(args);
        assertEquals(exitCode, run.exitCode(), run.err());
        assertEquals("", run.text());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().startsWith("llama: "), run.err());
        assertTrue(run.err().contains(message), run.err());
        assertFalse(run.err().contains("Exception"), run.err());
    }
}
