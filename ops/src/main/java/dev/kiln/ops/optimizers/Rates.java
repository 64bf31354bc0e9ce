package dev.kiln.ops.optimizers;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;

/** Scalars of a step, in the dtype of the parameter that they move, and the ranges of numbers that do not change. */
final class Rates {

    private Rates() {}

    static void requireBeta(String rule, String name, double beta) {
        require(beta >= 0 && beta < 1, rule, name, "in [0, 1)", beta);
    }

    static void requirePositive(String rule, String name, double number) {
        require(number > 0, rule, name, ">0", number);
    }

    static void requireNotNegative(String rule, String name, double number) {
        require(number >= 0, rule, name, ">=0", number);
    }

    private static void require(boolean holds, String rule, String name, String range, double number) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "[" + rule + "] " + name + " should be " + range + ", " + number + " was provided instead.");
        }
    }

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
