package dev.kiln.ops.optimizers;

import dev.kiln.ops.Array;
import java.util.List;

/**
 * Steps along the mean of past gradients, divided by the root of their mean square (Kingma and Ba 2015, arXiv:1412.6980).
 *
 * @param beta1 how much of the mean stays in a step
 * @param beta2 how much of the mean square stays in a step
 * @param eps added to the root
 * @param biasCorrection whether the means of the first steps are corrected for having begun at 0; the paper does, MLX unless asked
 *        not
 */
public record Adam(Schedule learningRate, double beta1, double beta2, double eps, boolean biasCorrection)
        implements
            Optimizer {

    static final List<String> SLOTS = List.of("m", "v");
    static final double BETA1 = 0.9;
    static final double BETA2 = 0.999;
    static final double EPS = 1e-8;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if a beta is not in [0, 1), or the eps is negative
     */
    public Adam {
        Rates.requireBeta("adam", "beta1", beta1);
        Rates.requireBeta("adam", "beta2", beta2);
        Rates.requireNotNegative("adam", "eps", eps);
    }

    /** MLX's defaults: betas of 0.9 and 0.999, an eps of 1e-8, no correction. */
    public Adam(Schedule learningRate) {
        this(learningRate, BETA1, BETA2, EPS, false);
    }

    /** A constant rate; see {@link #Adam(Schedule)}. */
    public Adam(double learningRate) {
        this(Schedule.constant(learningRate));
    }

    @Override
    public List<String> slots() {
        return SLOTS;
    }

    @Override
    public List<Array> move(Array parameter, Array gradient, List<Array> slots, Moment moment) {
        Array m = slots.get(0).multiply(beta1).add(gradient.multiply(1 - beta1));
        Array v = slots.get(1).multiply(beta2).add(gradient.square().multiply(1 - beta2));
        Array rate = Rates.of(moment.rate(), parameter);
        Array root = v.sqrt();
        if (biasCorrection) {
            rate = rate.divide(Rates.of(Rates.begun(beta1, moment), parameter));
            root = root.divide(Rates.of(Rates.begun(beta2, moment).sqrt(), parameter));
        }
        return List.of(parameter.subtract(rate.multiply(m).divide(root.add(eps))), m, v);
    }
}
