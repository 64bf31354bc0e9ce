package dev.kiln.ops.nn;

import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;
import java.util.function.UnaryOperator;

/**
 * Sets elements to zero by chance, and scales the others so that the mean stays.
 *
 * @param p the probability of an element to be dropped, from 0 to less than 1
 * @param training whether anything is dropped at all; see {@link Module#train}
 */
public record Dropout(double p, boolean training) implements Module<Dropout>, UnaryOperator<Array> {

    /**
     * Checks the probability.
     *
     * @throws IllegalArgumentException if it is none, or 1
     */
    public Dropout {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("[dropout] The probability " + p + " is not from 0 to less than 1.");
        }
    }

    /** For training. */
    public Dropout(double p) {
        this(p, true);
    }

    /** Draws from the calling thread's keys; a compiled function drops others in each call. */
    @Override
    public Array apply(Array x) {
        if (p == 0 || !training) {
            return x;
        }
        Array kept = Random.bernoulli(1 - p, x.shape());
        return Ops.where(kept, x.multiply(1 / (1 - p)), 0);
    }
}
