package dev.kiln.examples.timeline;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;
import dev.kiln.streams.Stream;

/** One block of a Llama whose independent projections run on two streams. Projections are (in, out). */
record Block(Array attentionNorm, Array query, Array key, Array value, Array attentionOutput, Array feedForwardNorm,
        Array gate, Array up, Array down) {

    static final int HIDDEN = 1024;
    static final int HEADS = 16;
    static final int KEY_HEADS = 8;
    static final int WIDTH = HIDDEN / HEADS;
    static final int INTERMEDIATE = 2816;
    static final double EPS = 1e-5;
    static final double ROPE_BASE = 10_000;

    /** A block with weights drawn from {@code key}, evaluated: a program would have loaded them. */
    static Block random(Array key) {
        Array keys = Random.split(key, 9);
        Block block = new Block(gains(keys.take(0, 0)), projection(keys.take(1, 0), HIDDEN, HIDDEN),
                projection(keys.take(2, 0), HIDDEN, KEY_HEADS * WIDTH),
                projection(keys.take(3, 0), HIDDEN, KEY_HEADS * WIDTH), projection(keys.take(4, 0), HIDDEN, HIDDEN),
                gains(keys.take(5, 0)), projection(keys.take(6, 0), HIDDEN, INTERMEDIATE),
                projection(keys.take(7, 0), HIDDEN, INTERMEDIATE), projection(keys.take(8, 0), INTERMEDIATE, HIDDEN));
        Ops.eval(block.attentionNorm, block.query, block.key, block.value, block.attentionOutput,
                block.feedForwardNorm, block.gate, block.up, block.down);
        return block;
    }

    private static Array gains(Array key) {
        return Random.uniform(0.5, 1.5, Shape.shape(HIDDEN), DType.FLOAT32, key);
    }

    private static Array projection(Array key, long in, long out) {
        return Random.normal(Shape.shape(in, out), DType.FLOAT32, 0, 1 / Math.sqrt(in), key);
    }

    /**
     * The block applied to {@code x} of shape (1, tokens, hidden), on {@code main}, with the keys, the values and one half of
     * the feed-forward network on {@code side}. This only shapes a graph: where it goes from one stream to the other, the
     * evaluation makes the one wait for the other.
     */
    Array apply(Array x, Stream main, Stream side) {
        return main.call(() -> {
            Array normed = Fast.rmsNorm(x, attentionNorm, EPS);
            Array keys = side.call(() -> rotate(heads(Ops.matmul(normed, key), KEY_HEADS)));
            Array values = side.call(() -> heads(Ops.matmul(normed, value), KEY_HEADS));
            Array queries = rotate(heads(Ops.matmul(normed, query), HEADS));
            Array mixed = Fast.scaledDotProductAttention(queries, keys, values, 1 / Math.sqrt(WIDTH), "causal");
            Array attended = x.add(Ops.matmul(mixed.transpose(0, 2, 1, 3).reshape(1, -1, HIDDEN), attentionOutput));

            Array renormed = Fast.rmsNorm(attended, feedForwardNorm, EPS);
            Array upward = side.call(() -> Ops.matmul(renormed, up));
            Array gated = Ops.matmul(renormed, gate);
            return attended.add(Ops.matmul(gated.multiply(gated.sigmoid()).multiply(upward), down));
        });
    }

    /** (1, tokens, heads * width) as (1, heads, tokens, width). */
    private static Array heads(Array x, int heads) {
        return x.reshape(1, -1, heads, WIDTH).transpose(0, 2, 1, 3);
    }

    private static Array rotate(Array x) {
        return Fast.rope(x, WIDTH, false, ROPE_BASE, 1, 0);
    }
}
