package dev.kiln.examples.llama;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;
import org.jspecify.annotations.Nullable;

/**
 * How the next token is chosen.
 *
 * @param temperature 0 takes the likeliest; otherwise one is drawn from the softmax of {@code logits / temperature}
 * @param topK draws among so many of the likeliest; 0 among all
 * @param topP draws among the likeliest that together have this probability
 * @param minP draws among those that have this part of the likeliest one's probability
 * @param penalty divides the logits of tokens that were there before, if they are positive, and multiplies them if not
 */
record Sampling(double temperature, int topK, double topP, double minP, double penalty) {

    static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1);

    /**
     * What is needed to choose, and changes from token to token.
     *
     * @param key of what is drawn, if something is
     * @param seen whether a token was there before, by token; null if that does not matter
     */
    record State(@Nullable Array key, @Nullable Array seen) {

        /** Lets the next state take this one's memory. */
        void donate() {
            if (seen != null) {
                seen.donate();
            }
        }
    }

    /** A token, as an array of one element, and the state behind it. */
    record Choice(Array token, State state) {}

    /** The state behind a text of {@code tokens}; a seed stands for one continuation. */
    State begin(Array tokens, int vocabulary, long seed) {
        Array seen = Ops.zeros(Shape.shape(vocabulary), DType.BOOL);
        return new State(temperature == 0 ? null : Random.key(seed),
                penalty == 1 ? null : mark(seen, tokens));
    }

    private static Array mark(Array seen, Array tokens) {
        return Ops.putAlongAxis(seen, tokens, Array.scalar(true).reshape(1), 0);
    }

    /** A token for logits of shape {@code (vocabulary)}. */
    Choice choose(Array logits, State state) {
        Array x = logits.astype(DType.FLOAT32);
        Array seen = state.seen();
        if (seen != null) {
            x = Ops.where(seen, Ops.where(x.greater(0), x.divide(penalty), x.multiply(penalty)), x);
        }
        Array key = state.key();
        Array token;
        if (key == null) {
            token = Ops.argmax(x).reshape(1);
        } else {
            Array keys = Random.split(key);
            key = keys.take(0, 0);
            token = Random.categorical(likely(x.divide(temperature)), -1, keys.take(1, 0)).reshape(1);
        }
        return new Choice(token, new State(key, seen == null ? null : mark(seen, token)));
    }

    /** {@code x} with minus infinity in the place of what is not to be drawn. */
    private Array likely(Array x) {
        Array left = x;
        if (topK > 0 && topK < x.dim(0)) {
            left = atLeast(left, left, Ops.topk(left, topK).min());
        }
        if (topP < 1) {
            Array p = left.softmax(-1, true);
            Array falling = Ops.sort(p.negative()).negative();
            Array before = Ops.cumsum(falling, 0).subtract(falling); // so the one that reaches the sum stays
            left = atLeast(left, p, Ops.where(before.less(topP), falling, 1).min());
        }
        if (minP > 0) {
            Array p = left.softmax(-1, true);
            left = atLeast(left, p, p.max().multiply(minP));
        }
        return left;
    }

    private static Array atLeast(Array x, Array measure, Array least) {
        return Ops.where(measure.greaterEqual(least), x, Double.NEGATIVE_INFINITY);
    }
}
