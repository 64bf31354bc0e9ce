package dev.kiln.examples.llama;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;

/** Chooses the next token. */
interface Sampler {

    /** One token for logits {@code (vocabulary)}, as a scalar array that is not computed yet. */
    Array sample(Array logits);

    /** The likeliest token at temperature 0, otherwise one drawn from the softmax of {@code logits / temperature}. */
    static Sampler of(double temperature, long seed) {
        return temperature == 0 ? logits -> Ops.argmax(logits) : new Drawing(temperature, Random.key(seed));
    }

    /** Draws with a key that each draw replaces, so that a seed stands for one text. */
    final class Drawing implements Sampler {

        private final double temperature;
        private Array key;

        private Drawing(double temperature, Array key) {
            this.temperature = temperature;
            this.key = key;
        }

        @Override
        public Array sample(Array logits) {
            Array keys = Random.split(key).eval();
            key = keys.take(0, 0);
            return Random.categorical(logits.astype(DType.FLOAT32).divide(temperature), -1, keys.take(1, 0));
        }
    }
}
