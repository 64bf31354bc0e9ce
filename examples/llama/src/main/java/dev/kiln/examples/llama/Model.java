package dev.kiln.examples.llama;

import dev.kiln.examples.llama.Network.Block;
import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The network at work: an embedding, blocks of attention and feed-forward, a norm and an output projection. Nothing here computes
 * anything; every method shapes a graph, which Kiln fires when somebody evaluates the logits.
 */
final class Model {

    /** The logits {@code (vocabulary)} of the token that comes next, and what is to be remembered of those before, by block. */
    record Output(Array logits, List<KeyValues> memory) {}

    /**
     * Where new tokens stand.
     *
     * @param start the first one's position
     * @param mask which remembered positions each of them looks at; null if nothing was remembered, so that they look at
     *        themselves and those before
     * @param narrow the same for blocks that look through a {@link Window}; null if that hides nothing
     */
    private record Place(Array start, @Nullable Array mask, @Nullable Array narrow) {}

    private final Config config;
    private final Network network;
    private final Array[] arrays;

    Model(Config config, Network network) {
        this.config = config;
        this.network = network;
        arrays = network.arrays();
    }

    /** Loads the weights of {@code folder}. */
    static Model load(Path folder, Config config) {
        return new Model(config, Network.of(config, Weights.open(folder)));
    }

    Config config() {
        return config;
    }

    /** The arrays that all of this uses, for whoever compiles it. */
    Array[] arrays() {
        return arrays;
    }

    /** The output for a text that begins with {@code tokens}, with room for {@code room} positions. */
    Output begin(Array tokens, int room) {
        long count = tokens.dim(0);
        Array positions = Ops.arange(count);
        boolean narrow = config.window().limits(config.layers() - 1, count);
        Place place = new Place(Array.scalar(0), null,
                narrow ? config.window().sees(positions.expandDims(1), positions) : null);
        KeyValues empty = KeyValues.empty(config, network.embedding().dtype(), room);
        return output(tokens, place, Collections.nCopies(config.layers(), empty));
    }

    /** The output for {@code tokens} that stand at {@code start} and after. */
    Output next(Array tokens, Array start, List<KeyValues> memory) {
        long room = memory.getFirst().room();
        Array keys = Ops.arange(0, room, 1, DType.INT32);
        Array queries = Ops.arange(0, tokens.dim(0), 1, DType.INT32).add(start).expandDims(1);
        boolean narrow = config.window().limits(config.layers() - 1, room);
        return output(tokens,
                new Place(start, keys.lessEqual(queries), narrow ? config.window().sees(queries, keys) : null), memory);
    }

    private Output output(Array tokens, Place place, List<KeyValues> memory) {
        long count = tokens.dim(0);
        Array x = Ops.take(network.embedding(), tokens, 0).expandDims(0);
        List<KeyValues> after = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            Block block = network.blocks().get(i);
            Array attended = x.add(attention(i, norm(x, block.attentionNorm()), place, memory.get(i), after));
            x = attended.add(feedForward(block, norm(attended, block.feedForwardNorm())));
        }
        Array last = x.slice(new long[] {0, count - 1, 0}, new long[] {1, count, config.hidden()});
        Array logits = network.output().of(norm(last, network.finalNorm()));
        return new Output(logits.reshape(config.vocabulary()), after);
    }

    private Array attention(int layer, Array x, Place place, KeyValues before, List<KeyValues> after) {
        Block block = network.blocks().get(layer);
        Array queries = turned(heads(block.query().of(x), config.heads()), block.queryNorm(), place);
        Array keys = turned(heads(block.key().of(x), config.kvHeads()), block.keyNorm(), place);
        Array values = heads(block.value().of(x), config.kvHeads());
        KeyValues all = before.with(keys, values, place.start());
        after.add(all);
        Array mixed = place.mask() == null
                ? mixed(layer, queries, keys, values, place)
                : mixed(layer, queries, all.keys(), all.values(), place);
        return block.attentionOutput().of(mixed.transpose(0, 2, 1, 3).reshape(1, x.dim(1), -1));
    }

    private Array mixed(int layer, Array queries, Array keys, Array values, Place place) {
        double scale = 1 / Math.sqrt(config.headDim());
        boolean narrow = place.narrow() != null && layer >= config.window().firstLayer();
        Array mask = narrow ? place.narrow() : place.mask();
        return mask == null
                ? Fast.scaledDotProductAttention(queries, keys, values, scale, "causal")
                : Fast.scaledDotProductAttention(queries, keys, values, scale, mask);
    }

    private Array turned(Array heads, @Nullable Array weight, Place place) {
        Array normed = weight == null ? heads : norm(heads, weight);
        return config.rotary().turn(normed, place.start(), network.wavelengths());
    }

    /** SwiGLU: {@code down(silu(gate(x)) * up(x))}. */
    private static Array feedForward(Block block, Array x) {
        Array gate = block.gate().of(x);
        return block.down().of(gate.multiply(gate.sigmoid()).multiply(block.up().of(x)));
    }

    private Array norm(Array x, Array weight) {
        return Fast.rmsNorm(x, weight, config.normEps());
    }

    /** (1, positions, heads * width) as (1, heads, positions, width). */
    private Array heads(Array x, int heads) {
        return x.reshape(1, x.dim(1), heads, config.headDim()).transpose(0, 2, 1, 3);
    }
}
