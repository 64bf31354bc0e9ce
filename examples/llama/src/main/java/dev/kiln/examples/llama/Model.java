package dev.kiln.examples.llama;

import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The network: an embedding, blocks of attention and feed-forward, a norm and an output projection. Nothing here computes
 * anything; every method shapes a graph, which Kiln fires when somebody evaluates the logits.
 */
final class Model {

    /** The weights of one block; projections as {@code (in, out)}. */
    private record Block(Array attentionNorm, Array query, Array key, Array value, Array attentionOutput,
            Array feedForwardNorm, Array gate, Array up, Array down) {}

    /** Where new tokens stand: the first one's position, all of them, and which cached positions each may look at. */
    private record Place(Array start, Array positions, Array mask) {}

    private final Config config;
    private final Array embedding;
    private final List<Block> blocks;
    private final Array finalNorm;
    private final Array output;

    private Model(Config config, Weights weights) {
        this.config = config;
        weights.ignore("rotary_emb.inv_freq");
        embedding = weights.take("model.embed_tokens.weight", config.vocabulary(), config.hidden());
        blocks = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            blocks.add(block(weights, "model.layers." + i + "."));
        }
        finalNorm = weights.take("model.norm.weight", config.hidden());
        if (config.tied()) {
            weights.ignore("lm_head.weight");
            output = embedding.transpose();
        } else {
            output = projection(weights, "lm_head.weight", config.hidden(), config.vocabulary());
        }
        weights.requireAllTaken();
    }

    /** Loads the weights of {@code folder}. */
    static Model load(Path folder, Config config) {
        return new Model(config, Weights.open(folder));
    }

    private Block block(Weights weights, String name) {
        int hidden = config.hidden();
        long queries = (long) config.heads() * config.headDim();
        long keys = (long) config.kvHeads() * config.headDim();
        return new Block(weights.take(name + "input_layernorm.weight", hidden),
                projection(weights, name + "self_attn.q_proj.weight", hidden, queries),
                projection(weights, name + "self_attn.k_proj.weight", hidden, keys),
                projection(weights, name + "self_attn.v_proj.weight", hidden, keys),
                projection(weights, name + "self_attn.o_proj.weight", queries, hidden),
                weights.take(name + "post_attention_layernorm.weight", hidden),
                projection(weights, name + "mlp.gate_proj.weight", hidden, config.intermediate()),
                projection(weights, name + "mlp.up_proj.weight", hidden, config.intermediate()),
                projection(weights, name + "mlp.down_proj.weight", config.intermediate(), hidden));
    }

    /** Files hold a projection as (out, in). */
    private static Array projection(Weights weights, String name, long in, long out) {
        return weights.take(name, out, in).transpose();
    }

    /** Empty caches for a new text, one a block. */
    List<KeyValueCache> newCaches() {
        List<KeyValueCache> caches = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            caches.add(new KeyValueCache(config, embedding.dtype()));
        }
        return caches;
    }

    /**
     * The logits {@code (vocabulary)} of the token that follows {@code tokens}, which stand at {@code position} and after.
     * Their keys and values are written to {@code caches}.
     */
    Array logits(int[] tokens, int position, List<KeyValueCache> caches) {
        caches.forEach(cache -> cache.reserve(position + tokens.length));
        Array start = Array.scalar(position);
        Array positions = Ops.arange(tokens.length).add(start);
        // Each new position looks at itself and those before it.
        Array mask = Ops.arange(caches.getFirst().capacity()).lessEqual(positions.expandDims(1));
        Place place = new Place(start, positions, mask);
        Array x = Ops.take(embedding, Array.of(tokens), 0).expandDims(0);
        for (int i = 0; i < blocks.size(); i++) {
            x = forward(blocks.get(i), x, place, caches.get(i));
        }
        Array last = x.slice(new long[] {0, tokens.length - 1, 0}, new long[] {1, tokens.length, config.hidden()});
        return Ops.matmul(norm(last, finalNorm), output).reshape(config.vocabulary());
    }

    private Array forward(Block block, Array x, Place place, KeyValueCache cache) {
        Array attended = x.add(attention(block, norm(x, block.attentionNorm()), place, cache));
        return attended.add(feedForward(block, norm(attended, block.feedForwardNorm())));
    }

    private Array attention(Block block, Array x, Place place, KeyValueCache cache) {
        Array queries = rotate(heads(Ops.matmul(x, block.query()), config.heads()), place);
        Array keys = rotate(heads(Ops.matmul(x, block.key()), config.kvHeads()), place);
        cache.write(keys, heads(Ops.matmul(x, block.value()), config.kvHeads()), place.positions());
        float scale = (float) (1 / Math.sqrt(config.headDim()));
        Array mixed = Fast.scaledDotProductAttention(queries, cache.keys(), cache.values(), scale, place.mask());
        return Ops.matmul(mixed.transpose(0, 2, 1, 3).reshape(1, x.dim(1), -1), block.attentionOutput());
    }

    /** SwiGLU: {@code down(silu(gate(x)) * up(x))}. */
    private static Array feedForward(Block block, Array x) {
        Array gate = Ops.matmul(x, block.gate());
        Array up = Ops.matmul(x, block.up());
        return Ops.matmul(gate.multiply(gate.sigmoid()).multiply(up), block.down());
    }

    private Array norm(Array x, Array weight) {
        return Fast.rmsNorm(x, weight, config.normEps());
    }

    private Array rotate(Array x, Place place) {
        return Fast.rope(x, config.headDim(), false, config.ropeTheta(), 1, place.start());
    }

    /** (1, positions, heads * width) as (1, heads, positions, width). */
    private Array heads(Array x, int heads) {
        return x.reshape(1, x.dim(1), heads, config.headDim()).transpose(0, 2, 1, 3);
    }
}
