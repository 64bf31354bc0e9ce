package dev.kiln.examples.llama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableSet;
import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may lie in a folder besides the three files. */
class FolderTest {

    @TempDir
    Path folder;

    private final TinyLlama llama = TinyLlama.random(22, DType.BFLOAT16, false);

    @BeforeEach
    void a_folder() throws IOException {
        llama.write(folder);
    }

    private String told(String... more) {
        String[] args = new String[more.length + 4];
        args[0] = "--model";
        args[1] = folder.toString();
        args[2] = "--max-tokens";
        args[3] = "12";
        System.arraycopy(more, 0, args, 4, more.length);
        Program run = Program.run(args);
        assertEquals(0, run.exitCode(), run.err());
        return run.text();
    }

    @Test
    void weights_may_be_spread_over_files_that_an_index_lists() throws IOException {
        String whole = told("--prompt", "ab");
        Files.delete(folder.resolve("model.safetensors"));
        Map<String, Map<String, Array>> files = new TreeMap<>();
        Map<String, String> index = new TreeMap<>();
        llama.weights().forEach((name, tensor) -> {
            String file = "model-0000" + (index.size() % 3 + 1) + "-of-00003.safetensors";
            index.put(name, file);
            files.computeIfAbsent(file, key -> new LinkedHashMap<>()).put(name, tensor);
        });
        files.forEach((file, tensors) -> Ops.saveSafetensors(folder.resolve(file), tensors));
        Ops.saveSafetensors(folder.resolve("unlisted.safetensors"), Map.of("x", Array.of(1f)));
        Files.writeString(folder.resolve("model.safetensors.index.json"),
                index.entrySet().stream().map(entry -> "\"" + entry.getKey() + "\": \"" + entry.getValue() + "\"")
                        .collect(Collectors.joining(", ", "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {",
                                "}}")));
        assertEquals(whole, told("--prompt", "ab"));
    }

    @Test
    void texts_begin_with_a_token_unless_the_tokenizer_says_no() throws IOException {
        assertEquals(OptionalInt.of(1), Config.read(folder).bos());
        Path file = folder.resolve("tokenizer_config.json");
        Files.writeString(file, "{\"bos_token\": \"<s>\"}");
        assertEquals(OptionalInt.of(1), Config.read(folder).bos());
        Files.writeString(file, "{\"bos_token\": null}");
        assertEquals(OptionalInt.empty(), Config.read(folder).bos());
        Files.writeString(file, "{\"bos_token\": \"<s>\", \"add_bos_token\": false}");
        assertEquals(OptionalInt.empty(), Config.read(folder).bos());
    }

    @Test
    void texts_end_with_tokens_of_either_config() throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [2, 7]}");
        assertEquals(ImmutableSet.of(2, 7), Config.read(folder).eos());
    }

    @Test
    void a_conversation_is_written_down_as_the_folders_template_says_and_only_the_answer_is_printed()
            throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"),
                """
                        {"bos_token": {"content": "<s>"}, "eos_token": "</s>", "chat_template":
                         "{{ bos_token }}{% for m in messages %}{{ m['role'] + ' ' + m.content | trim + eos_token }}{% endfor %}{% if add_generation_prompt %}c{% endif %}"}
                        """);
        ChatTemplate template = ChatTemplate.read(folder);
        assertEquals("<s>user ab</s>c", template.render(null, " ab "));
        assertEquals("<s>system c</s>user ab</s>c", template.render("c", "ab"));
        String answer = told("--chat", "--prompt", "ab");
        assertFalse(answer.startsWith("user"), answer);
        assertTrue(answer.endsWith("\n"), answer);
    }

    @Test
    void a_file_with_the_template_goes_before_the_one_in_the_config_and_the_default_before_others()
            throws IOException {
        Path config = folder.resolve("tokenizer_config.json");
        Files.writeString(config, """
                {"chat_template": [{"name": "tool_use", "template": "t"}, {"name": "default", "template": "d"}]}
                """);
        assertEquals("d", ChatTemplate.read(folder).render(null, ""));
        Files.writeString(folder.resolve("chat_template.jinja"), """
                {%- if messages[0].role == 'system' %}
                    {%- set rest = messages[1:] %}
                {%- else %}
                    {%- set rest = messages %}
                {%- endif %}
                {%- for m in rest %}
                    {%- if (m.role == 'user') != (loop.index0 % 2 == 0) %}
                        {{ raise_exception('turns') }}
                    {%- endif %}
                    {{- '<|' ~ m.role ~ '|>' }}
                {%- endfor %}
                """);
        assertEquals("<|user|>", ChatTemplate.read(folder).render("be short", "ab").strip());
    }

    @Test
    void dates_are_written_in_the_letters_of_c() {
        assertTrue(ChatTemplate.now("%d %b %Y").matches("\\d\\d [A-Z][a-z]{2} \\d{4}"), ChatTemplate.now("%d %b %Y"));
        assertEquals("100%", ChatTemplate.now("100%"));
    }
}
