package dev.kiln.ops.nn;

import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import java.util.function.UnaryOperator;

/**
 * Rotary position embedding; see {@link Fast#rope}.
 *
 * @param dims how many features are turned
 * @param traditional whether pairs are neighbours rather than halves
 * @param base how slowly the later pairs turn
 * @param scale of the positions
 */
public record RoPE(int dims, boolean traditional, double base, double scale)
        implements
            Module<RoPE>,
            UnaryOperator<Array> {

    private static final double BASE = 10_000;

    /** Of halves, with a base of 10,000. */
    public RoPE(int dims) {
        this(dims, false, BASE, 1);
    }

    /** Turns {@code x} of shape (B, ..., T, D), whose first position is 0. */
    @Override
    public Array apply(Array x) {
        return apply(x, 0);
    }

    /** Turns {@code x} of shape (B, ..., T, D), whose first position is {@code offset}. */
    public Array apply(Array x, int offset) {
        return Fast.rope(x, dims, traditional, base, scale, offset);
    }

    /** Turns {@code x} of shape (B, ..., T, D), whose first position is an array's element, or one for each of the B. */
    public Array apply(Array x, Array offset) {
        return Fast.rope(x, dims, traditional, base, scale, offset);
    }
}
