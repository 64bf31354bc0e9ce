package dev.kiln.ops.optimizers;

import dev.kiln.ops.Array;
import java.util.List;

/**
 * {@link Adam} of parameters that decay, apart from their gradients (Loshchilov and Hutter 2019, arXiv:1711.05101).
 *
 * @param weightDecay what part of a parameter goes in a step, times the learning rate
 * @see Adam
 */
public record AdamW(Schedule learningRate, double beta1, double beta2, double eps, double weightDecay,
        boolean biasCorrection) implements Optimizer {

    private static final double WEIGHT_DECAY = 0.01;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if a beta is not in [0, 1), or the eps is negative
     */
    public AdamW {
        Rates.requireBeta("adamw", "beta1", beta1);
        Rates.requireBeta("adamw", "beta2", beta2);
        Rates.requireNotNegative("adamw", "eps", eps);
    }

    /** MLX's defaults: betas of 0.9 and 0.999, an eps of 1e-8, a decay of 0.01, no correction. */
    public AdamW(Schedule learningRate) {
        this(learningRate, Adam.BETA1, Adam.BETA2, Adam.EPS, WEIGHT_DECAY, false);
    }

    /** A constant rate; see {@link #AdamW(Schedule)}. */
    public AdamW(double learningRate) {
        this(Schedule.constant(learningRate));
    }

    @Override
    public List<String> slots() {
        return Adam.SLOTS;
    }

    @Override
    public List<Array> move(Array parameter, Array gradient, List<Array> slots, Moment moment) {
        return new Adam(learningRate, beta1, beta2, eps, biasCorrection)
                .move(Rates.decayed(parameter, weightDecay, moment), gradient, slots, moment);
    }
}
