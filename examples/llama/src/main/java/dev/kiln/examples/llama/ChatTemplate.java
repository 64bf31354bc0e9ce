package dev.kiln.examples.llama;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How a conversation is written down for a model that was tuned for that: a Jinja template of its folder, rendered by Jinjava.
 *
 * @param tokens the texts of the special tokens that the template may use, by their names
 */
record ChatTemplate(String source, Map<String, String> tokens) {

    /** Reads {@code chat_template.jinja}, or the template in {@code tokenizer_config.json}. */
    static ChatTemplate read(Path folder) {
        Path config = folder.resolve("tokenizer_config.json");
        Map<String, String> tokens = new HashMap<>();
        String source = "";
        if (Files.exists(config)) {
            JsonNode json = JsonFile.read(config);
            for (String name : List.of("bos_token", "eos_token", "unk_token", "pad_token")) {
                JsonNode token = json.path(name);
                tokens.put(name, (token.isObject() ? token.path("content") : token).asString(""));
            }
            source = source(json.path("chat_template"));
        }
        Path file = folder.resolve("chat_template.jinja");
        try {
            source = Files.exists(file) ? Files.readString(file) : source;
        } catch (IOException unreadable) {
            throw new BadInput("Cannot read " + file, unreadable);
        }
        if (source.isEmpty()) {
            throw new BadInput(
                    folder + " has no chat template: --chat is for models that were tuned for conversation.");
        }
        return new ChatTemplate(source, tokens);
    }

    /** One template, or several with names, of which {@code default} is the one. */
    private static String source(JsonNode template) {
        for (JsonNode named : template.isArray() ? template : List.<JsonNode>of()) {
            if (named.path("name").asString("").equals("default")) {
                return named.path("template").asString("");
            }
        }
        return template.asString("");
    }

    /** The text of a conversation that the model is to answer. */
    String render(@Nullable String system, String user) {
        List<Map<String, String>> messages = new ArrayList<>();
        if (system != null) {
            messages.add(Map.of("role", "system", "content", system));
        }
        messages.add(Map.of("role", "user", "content", user));
        Map<String, Object> bindings = new HashMap<>(tokens);
        bindings.put("messages", messages);
        bindings.put("add_generation_prompt", true);
        Jinjava jinja = new Jinjava(JinjavaConfig.newBuilder().withTrimBlocks(true).withLstripBlocks(true)
                .withLegacyOverrides(LegacyOverrides.newBuilder().withUseNaturalOperatorPrecedence(true)
                        .withParseWhitespaceControlStrictly(true).withUseTrimmingForNotesAndExpressions(true)
                        .withEvaluateMapKeys(true).withUsePyishObjectMapper(true).withKeepNullableLoopValues(true)
                        .build())
                .build());
        jinja.getGlobalContext().registerFunction(
                new ELFunctionDefinition("", "raise_exception", ChatTemplate.class, "refuse", String.class));
        jinja.getGlobalContext().registerFunction(
                new ELFunctionDefinition("", "strftime_now", ChatTemplate.class, "now", String.class));
        RenderResult result;
        try {
            result = jinja.renderForResult(source, bindings);
        } catch (RuntimeException broken) {
            throw new BadInput("The chat template cannot be rendered", broken);
        }
        if (!result.getErrors().isEmpty()) {
            throw new BadInput("The chat template cannot be rendered: " + reason(result.getErrors().getFirst()));
        }
        return result.getOutput();
    }

    private static String reason(TemplateError error) {
        for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
            if (cause instanceof BadInput said) {
                return BadInput.oneLine(said);
            }
        }
        return "line " + error.getLineno() + ": " + error.getMessage();
    }

    /** What templates call for conversations that they do not take. */
    public static String refuse(String message) {
        return Optional.<String>empty().orElseThrow(() -> new BadInput(message));
    }

    /** The time of day, in the letters of C's {@code strftime}; templates write dates with it. */
    public static String now(String format) {
        Map<Character, String> letters = Map.of('d', "dd", 'b', "MMM", 'B', "MMMM", 'm', "MM", 'Y', "yyyy", 'y', "yy",
                'H', "HH", 'M', "mm", 'S', "ss", 'A', "EEEE");
        StringBuilder text = new StringBuilder();
        LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());
        for (int i = 0; i < format.length(); i++) {
            String pattern = format.charAt(i) == '%' && i + 1 < format.length()
                    ? letters.get(format.charAt(i + 1))
                    : null;
            text.append(pattern == null
                    ? String.valueOf(format.charAt(i))
                    : now.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH)));
            i += pattern == null ? 0 : 1;
        }
        return text.toString();
    }
}
