package dev.kiln.examples.train;

import static dev.kiln.ops.nn.Activations.silu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Random;
import dev.kiln.ops.nn.Embedding;
import dev.kiln.ops.nn.Linear;
import dev.kiln.ops.nn.Losses;
import dev.kiln.ops.nn.Module;
import dev.kiln.ops.nn.RMSNorm;
import dev.kiln.ops.nn.Reduction;
import java.util.stream.Stream;
import java.util.List;

/**
 * A Llama whose output is tied to its input. The components are named as the tensors of a Hugging Face folder are, so that
 * {@link #parameters} has the names of the file.
 */
record Llama(Body model) implements Module<Llama> {

    private static final double SPREAD = 0.02;
    private static final double EPS = 1e-5;
    /** How slowly positions turn; Llama's. */
    static final double THETA = 10_000;

    /** All but the output. */
    record Body(Embedding embedTokens, List<Block> layers, RMSNorm norm) {}

    /** Attention, then a feed-forward network, each behind a norm and added to what went in. */
    record Block(RMSNorm inputLayernorm, Attention selfAttn, RMSNorm postAttentionLayernorm, FeedForward mlp) {

        Array apply(Array x) {
            Array attended = x.add(selfAttn.apply(inputLayernorm.apply(x)));
            return attended.add(mlp.apply(postAttentionLayernorm.apply(attended)));
        }
    }

    /** Heads of queries, some of which share keys and values. */
    record Attention(Linear qProj, Linear kProj, Linear vProj, Linear oProj, int headDim) {

        Array apply(Array x) {
            Array q = turned(heads(qProj.apply(x)));
            Array k = turned(heads(kProj.apply(x)));
            Array found = Fast.scaledDotProductAttention(q, k, heads(vProj.apply(x)), Math.sqrt(1.0 / headDim),
                    "causal");
            return oProj.apply(found.transpose(0, 2, 1, 3).flatten(2, 3));
        }

        private Array turned(Array heads) {
            return Fast.rope(heads, headDim, false, THETA, 1, 0);
        }

        private Array heads(Array x) {
            return x.unflatten(-1, new long[] {-1, headDim}).transpose(0, 2, 1, 3);
        }
    }

    /** SwiGLU. */
    record FeedForward(Linear gateProj, Linear upProj, Linear downProj) {

        Array apply(Array x) {
            return downProj.apply(silu(gateProj.apply(x)).multiply(upProj.apply(x)));
        }
    }

    /** A network that has learnt nothing: normal deviates of 0.02, less where they add up along the blocks. */
    static Llama random(Sizes sizes, long seed) {
        Random.seed(seed);
        double back = SPREAD / Math.sqrt(2.0 * sizes.layers());
        int width = sizes.dim() / sizes.heads();
        int shared = width * sizes.kvHeads();
        List<Block> blocks = Stream.generate(() -> new Block(new RMSNorm(sizes.dim(), EPS),
                new Attention(linear(sizes.dim(), sizes.dim(), SPREAD), linear(sizes.dim(), shared, SPREAD),
                        linear(sizes.dim(), shared, SPREAD), linear(sizes.dim(), sizes.dim(), back), width),
                new RMSNorm(sizes.dim(), EPS),
                new FeedForward(linear(sizes.dim(), sizes.hidden(), SPREAD),
                        linear(sizes.dim(), sizes.hidden(), SPREAD),
                        linear(sizes.hidden(), sizes.dim(), back))))
                .limit(sizes.layers()).toList();
        return new Llama(new Body(new Embedding(drawn(sizes.vocabulary(), sizes.dim(), SPREAD)), blocks,
                new RMSNorm(sizes.dim(), EPS)));
    }

    private static Linear linear(int inputs, int outputs, double spread) {
        return new Linear(drawn(outputs, inputs, spread), null);
    }

    private static Array drawn(int rows, int columns, double spread) {
        return Random.normal(Shape.shape(rows, columns), DType.FLOAT32, 0, spread);
    }

    /** Logits of shape (B, T, vocabulary) for tokens of shape (B, T). */
    Array apply(Array tokens) {
        Array x = model.embedTokens.apply(tokens);
        for (Block block : model.layers) {
            x = block.apply(x);
        }
        return model.embedTokens.asLinear(model.norm.apply(x));
    }

    /** The nats that all but the first of each row of {@code tokens} cost, on average. */
    Array loss(Array tokens) {
        long rows = tokens.dim(0);
        long length = tokens.dim(1) - 1;
        Array logits = apply(tokens.slice(new long[] {0, 0}, new long[] {rows, length})).astype(DType.FLOAT32);
        return Losses.crossEntropy(logits, tokens.slice(new long[] {0, 1}, new long[] {rows, length + 1}),
                Reduction.MEAN);
    }
}
