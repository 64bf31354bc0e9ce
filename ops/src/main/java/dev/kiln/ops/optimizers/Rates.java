package dev.kiln.ops.optimizers;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;

/** Scalars of a step, in the dtype of the parameter that they move. */
final class Rates {

    private Rates() {}

    static Array of(Array rate, Array parameter) {
        return rate.astype(parameter.dtype());
    }

    /** How much of a running mean that began at 0 is not that beginning. */
    static Array begun(double beta, Moment moment) {
        return Ops.subtract(1, Ops.power(beta, moment.step().astype(DType.FLOAT32)));
    }

    /** {@code parameter}, decayed in proportion to the rate. */
    static Array decayed(Array parameter, double weightDecay, Moment moment) {
        return weightDecay == 0
                ? parameter
                : parameter.multiply(of(Ops.subtract(1, moment.rate().multiply(weightDecay)), parameter));
    }
}
