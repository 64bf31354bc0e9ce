package dev.kiln.examples.llama;

import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The arrays of a network.
 *
 * @param output the projection to logits
 * @param wavelengths of the rotary embedding, if they are no powers of a base
 */
record Network(Array embedding, List<Block> blocks, Array finalNorm, Linear output, @Nullable Array wavelengths) {

    /** A projection: weights as {@code (in, out)}, and what is added. */
    record Linear(Array weight, @Nullable Array bias) {

        Array of(Array x) {
            Array product = Ops.matmul(x, weight);
            return bias == null ? product : product.add(bias);
        }
    }

    /** One block; the norms of heads are there in some families. */
    record Block(Array attentionNorm, Linear query, Linear key, Linear value, Linear attentionOutput,
            @Nullable Array queryNorm, @Nullable Array keyNorm, Array feedForwardNorm, Linear gate, Linear up,
            Linear down) {

        private Stream<@Nullable Array> arrays() {
            return Stream.concat(Stream.of(attentionNorm, queryNorm, keyNorm, feedForwardNorm),
                    Stream.of(query, key, value, attentionOutput, gate, up, down)
                            .flatMap(linear -> Stream.of(linear.weight, linear.bias)));
        }
    }

    /** All of these, in a row: what a compiled function looks at in each call. */
    Array[] arrays() {
        Stream<@Nullable Array> ends = Stream.of(embedding, finalNorm, output.weight, output.bias, wavelengths);
        return Stream.concat(ends, blocks.stream().flatMap(Block::arrays)).filter(Objects::nonNull)
                .toArray(Array[]::new);
    }

    /** Takes what {@code config} needs out of {@code weights}, and refuses what is left. */
    static Network of(Config config, Weights weights) {
        weights.ignore("rotary_emb.inv_freq");
        Array embedding = weights.take("model.embed_tokens.weight", config.vocabulary(), config.hidden());
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            blocks.add(block(config, weights, "model.layers." + i + "."));
        }
        Array finalNorm = weights.take("model.norm.weight", config.hidden());
        if (config.tied()) {
            weights.ignore("lm_head.weight");
        }
        Linear output = config.tied()
                ? new Linear(embedding.transpose(), null)
                : linear(weights, "lm_head", config.hidden(), config.vocabulary(), false);
        weights.requireAllTaken();
        return new Network(embedding, blocks, finalNorm, output, config.rotary().wavelengths(config.headDim()));
    }

    private static Block block(Config config, Weights weights, String name) {
        int hidden = config.hidden();
        int inner = config.intermediate();
        long queries = (long) config.heads() * config.headDim();
        long keys = (long) config.kvHeads() * config.headDim();
        Config.Parts parts = config.parts();
        String attention = name + "self_attn.";
        return new Block(weights.take(name + "input_layernorm.weight", hidden),
                linear(weights, attention + "q_proj", hidden, queries, parts.inputBias()),
                linear(weights, attention + "k_proj", hidden, keys, parts.inputBias()),
                linear(weights, attention + "v_proj", hidden, keys, parts.inputBias()),
                linear(weights, attention + "o_proj", queries, hidden, parts.outputBias()),
                parts.headNorms() ? weights.take(attention + "q_norm.weight", config.headDim()) : null,
                parts.headNorms() ? weights.take(attention + "k_norm.weight", config.headDim()) : null,
                weights.take(name + "post_attention_layernorm.weight", hidden),
                linear(weights, name + "mlp.gate_proj", hidden, inner, parts.feedForwardBias()),
                linear(weights, name + "mlp.up_proj", hidden, inner, parts.feedForwardBias()),
                linear(weights, name + "mlp.down_proj", inner, hidden, parts.feedForwardBias()));
    }

    /** Files hold a projection as (out, in). */
    private static Linear linear(Weights weights, String name, long in, long out, boolean bias) {
        return new Linear(weights.take(name + ".weight", out, in).transpose(),
                bias ? weights.take(name + ".bias", out) : null);
    }
}
