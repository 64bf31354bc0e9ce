package dev.kiln.examples.llama;

import com.google.common.collect.ImmutableSet;
import dev.kiln.examples.llama.Network.Block;
import dev.kiln.examples.llama.Network.Linear;
import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Random;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** A network of the example with weights drawn at random, at work: what the benchmarks of this module measure. */
public final class Workload {

    private static final int ROOM = 256;

    private final Model model;
    private final Decoder decoder;
    private final List<Array> weights;
    private Decoder.State state;
    private int position;

    private Workload(Config config, Weights weights) {
        this.weights = weights.drawn;
        model = new Model(config, network(config, weights));
        decoder = new Decoder(model, Sampling.GREEDY);
        state = decoder.begin(new int[] {1}, ROOM, 0);
        position = 1;
    }

    /** The shape of stories260K, float32. */
    public static Workload stories() {
        return new Workload(config(64, 172, 5, 8, 4, 512), new Weights(DType.FLOAT32));
    }

    /** The shape of TinyLlama, of 1.1 billion parameters, bfloat16. */
    public static Workload billion() {
        return new Workload(config(2048, 5632, 22, 32, 4, 32000), new Weights(DType.BFLOAT16));
    }

    private static Config config(int hidden, int intermediate, int layers, int heads, int kvHeads, int vocabulary) {
        return new Config(hidden, intermediate, layers, heads, kvHeads, hidden / heads, vocabulary, 2048, 1e-5f,
                Rotary.plain(10_000), Window.NONE, Config.Parts.NONE, false,
                OptionalInt.of(1),
                ImmutableSet.of(2));
    }

    private static Network network(Config config, Weights weights) {
        int hidden = config.hidden();
        int keys = config.kvHeads() * config.headDim();
        int inner = config.intermediate();
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            blocks.add(new Block(weights.norm(hidden), weights.linear(hidden, hidden), weights.linear(hidden, keys),
                    weights.linear(hidden, keys), weights.linear(hidden, hidden), null, null, weights.norm(hidden),
                    weights.linear(hidden, inner), weights.linear(hidden, inner), weights.linear(inner, hidden)));
        }
        Array embedding = weights.linear(hidden, config.vocabulary()).weight().transpose().eval();
        return new Network(embedding, Collections.unmodifiableList(blocks), weights.norm(hidden),
                weights.linear(hidden, config.vocabulary()), null);
    }

    /** As the files of a model hold them, each in memory of its own; those of one shape are drawn once. */
    private static final class Weights {

        private final DType dtype;
        private final List<Array> drawn = new ArrayList<>();
        private final Map<Shape, Array> first = new HashMap<>();

        private Weights(DType dtype) {
            this.dtype = dtype;
        }

        private Linear linear(int in, int out) {
            double most = Math.sqrt(3.0 / in); // keeps the variance of what comes in
            Shape shape = Shape.shape(out, in);
            Array known = first.get(shape);
            Array weight = known == null
                    ? Random.uniform(-most, most, shape, dtype, Random.key(drawn.size())).eval()
                    : Array.copyOf(known.asMemorySegment(), dtype, shape);
            first.putIfAbsent(shape, weight);
            drawn.add(weight);
            return new Linear(weight.transpose(), null);
        }

        private Array norm(int size) {
            return Random.uniform(0.5, 1.5, Shape.shape(size), dtype, Random.key(drawn.size())).eval();
        }
    }

    /** The matrices that a token is computed with, all but the embedding. */
    public List<Array> weights() {
        return weights;
    }

    /** Makes {@code count} more tokens one after the other; starts another text where the room for this one ends. */
    public void decode(int count) {
        for (int i = 0; i < count; i++) {
            if (position == ROOM) {
                state = decoder.begin(new int[] {1}, ROOM, 0);
                position = 1;
            }
            state = decoder.next(state, position++);
            int token = state.token().itemInt();
            if (token < 0 || token >= model.config().vocabulary()) {
                throw new IllegalStateException("Token " + token + " was made.");
            }
        }
    }

    /** Computes a prompt of {@code count} tokens, and the token behind it. */
    public int prompt(int count) {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = i * 7 % model.config().vocabulary();
        }
        return decoder.begin(tokens, ROOM, 0).token().itemInt();
    }

    /** Compares the logits behind a text of some tokens computed at once with those of the same one by one. */
    public void check(double tolerance) {
        int[] tokens = {1, 5, 300, 7, 211, 64, 5, 9};
        float[] whole = logits(model.begin(Array.of(tokens), ROOM));
        Model.Output output = model.begin(Array.of(tokens[0]), ROOM);
        for (int i = 1; i < tokens.length; i++) {
            output.memory().forEach(KeyValues::donate);
            output = model.next(Array.of(tokens[i]), Array.scalar(i), output.memory());
        }
        float[] steps = logits(output);
        double scale = 0;
        for (float logit : whole) {
            scale = Math.max(scale, Math.abs(logit));
        }
        for (int i = 0; i < whole.length; i++) {
            if (!(Math.abs(whole[i] - steps[i]) <= tolerance * scale)) {
                throw new IllegalStateException("Logit " + i + " is " + whole[i] + " of a prompt, but " + steps[i]
                        + " of steps; the largest is " + scale + ".");
            }
        }
    }

    private static float[] logits(Model.Output output) {
        return output.logits().astype(DType.FLOAT32).toFloatArray();
    }
}
