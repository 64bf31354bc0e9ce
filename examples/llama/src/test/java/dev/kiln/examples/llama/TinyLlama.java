package dev.kiln.examples.llama;

import com.google.common.collect.ImmutableSet;
import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** A Llama of a few hundred weights drawn at random, and the folder it is written to. */
record TinyLlama(Family family, Config config, DType dtype, Map<String, Array> weights) {

    static final String TOKENIZER = """
            {"version": "1.0", "truncation": null, "padding": null,
             "added_tokens": [
              {"id": 0, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
               "special": true},
              {"id": 1, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
               "special": true},
              {"id": 2, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
               "special": true}],
             "normalizer": {"type": "Sequence", "normalizers": [
              {"type": "Prepend", "prepend": "\u2581"},
              {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]},
             "pre_tokenizer": null, "post_processor": null,
             "decoder": {"type": "Sequence", "decoders": [
              {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"},
              {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
             "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
              "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": true,
              "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, "<0xC3>": 3, "<0xA9>": 4, "\u2581": 5, "a": 6, "b": 7, "c": 8,
               "ab": 9, "\u2581ab": 10, "d": 11, "e": 12},
              "merges": [["a", "b"], ["\u2581", "ab"]]}}
            """;

    static TinyLlama random(long seed, DType dtype, boolean tied) {
        return random(Family.LLAMA, seed, dtype, tied);
    }

    /** Two blocks, four query heads on two key/value heads, heads wider than the residual stream's share. */
    static TinyLlama random(Family family, long seed, DType dtype, boolean tied) {
        Config config = new Config(16, 24, 2, 4, 2, 6, 13, 400, 1e-5f, Rotary.plain(100), Window.NONE, family.parts,
                tied, OptionalInt.of(1), ImmutableSet.of(2));
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Array> weights = new LinkedHashMap<>();
        put(weights, random, dtype, "model.embed_tokens.weight", 13, 16);
        for (int i = 0; i < config.layers(); i++) {
            String name = "model.layers." + i + ".";
            put(weights, random, dtype, name + "input_layernorm.weight", 16);
            linear(weights, random, dtype, name + "self_attn.q_proj", family.parts.inputBias(), 24, 16);
            linear(weights, random, dtype, name + "self_attn.k_proj", family.parts.inputBias(), 12, 16);
            linear(weights, random, dtype, name + "self_attn.v_proj", family.parts.inputBias(), 12, 16);
            linear(weights, random, dtype, name + "self_attn.o_proj", family.parts.outputBias(), 16, 24);
            if (family.parts.headNorms()) {
                put(weights, random, dtype, name + "self_attn.q_norm.weight", 6);
                put(weights, random, dtype, name + "self_attn.k_norm.weight", 6);
            }
            put(weights, random, dtype, name + "post_attention_layernorm.weight", 16);
            linear(weights, random, dtype, name + "mlp.gate_proj", family.parts.feedForwardBias(), 24, 16);
            linear(weights, random, dtype, name + "mlp.up_proj", family.parts.feedForwardBias(), 24, 16);
            linear(weights, random, dtype, name + "mlp.down_proj", family.parts.feedForwardBias(), 16, 24);
        }
        put(weights, random, dtype, "model.norm.weight", 16);
        if (!tied) {
            put(weights, random, dtype, "lm_head.weight", 13, 16);
        }
        return new TinyLlama(family, config, dtype, weights);
    }

    private static void linear(Map<String, Array> weights, SplittableRandom random, DType dtype, String name,
            boolean bias, long out, long in) {
        put(weights, random, dtype, name + ".weight", out, in);
        if (bias) {
            put(weights, random, dtype, name + ".bias", out);
        }
    }

    private static void put(Map<String, Array> weights, SplittableRandom random, DType dtype, String name,
            long... dims) {
        float[] values = new float[(int) Shape.shape(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-0.6, 0.6);
        }
        weights.put(name, Array.copyOf(values, Shape.shape(dims)).astype(dtype));
    }

    /** The values of a weight as they are after rounding to the dtype. */
    float[] values(String name) {
        return weights.get(name).astype(DType.FLOAT32).toFloatArray();
    }

    /** Writes the folder that a user would pass to {@code --model}. */
    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "%s", %s "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 6, "vocab_size": 13,
                 "max_position_embeddings": 400, "rms_norm_eps": 1e-5, "rope_theta": 100.0, "hidden_act": "silu",
                 "tie_word_embeddings": %s, "bos_token_id": 1, "eos_token_id": 2}
                """.formatted(family.type, family.json, config.tied()));
        Files.writeString(folder.resolve("tokenizer.json"), TOKENIZER);
        Ops.saveSafetensors(folder.resolve("model.safetensors"), weights);
    }
}
