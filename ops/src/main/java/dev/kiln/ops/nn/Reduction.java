package dev.kiln.ops.nn;

import dev.kiln.ops.Array;

/** What becomes of the losses of single elements. */
public enum Reduction {
    /** They stay as they are. */
    NONE,
    /** Their mean. */
    MEAN,
    /** Their sum. */
    SUM;

    Array of(Array losses) {
        return switch (this) {
            case NONE -> losses;
            case MEAN -> losses.mean();
            case SUM -> losses.sum();
        };
    }
}
