package dev.kiln.ops.nn;

import dev.kiln.ops.Array;
import java.util.function.UnaryOperator;

/** What becomes of the losses of single elements. */
public enum Reduction {
    /** They stay as they are. */
    NONE(losses -> losses),
    /** Their mean. */
    MEAN(Array::mean),
    /** Their sum. */
    SUM(Array::sum);

    private final UnaryOperator<Array> function;

    Reduction(UnaryOperator<Array> function) {
        this.function = function;
    }

    Array of(Array losses) {
        return function.apply(losses);
    }
}
