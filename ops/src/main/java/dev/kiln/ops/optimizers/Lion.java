package dev.kiln.ops.optimizers;

import dev.kiln.ops.Array;
import java.util.List;

/**
 * Steps of one length along the sign of a mean of gradients (Chen et al. 2023, arXiv:2302.06675). Its rates are 3 to 10 times smaller
 * than those of {@link AdamW}, and its decay as much larger.
 *
 * @param beta1 how much of the mean goes into a step
 * @param beta2 how much of the mean stays in a step
 * @param weightDecay what part of a parameter goes in a step, times the learning rate
 */
public record Lion(Schedule learningRate, double beta1, double beta2, double weightDecay) implements Optimizer {

    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.99;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if a beta is not in [0, 1)
     */
    public Lion {
        Rates.requireBeta("lion", "beta1", beta1);
        Rates.requireBeta("lion", "beta2", beta2);
    }

    /** MLX's defaults: betas of 0.9 and 0.99, no decay. */
    public Lion(Schedule learningRate) {
        this(learningRate, BETA1, BETA2, 0);
    }

    /** A constant rate; see {@link #Lion(Schedule)}. */
    public Lion(double learningRate) {
        this(Schedule.constant(learningRate));
    }

    @Override
    public List<String> slots() {
        return List.of("m");
    }

    @Override
    public List<Array> move(Array parameter, Array gradient, List<Array> slots, Moment moment) {
        Array before = slots.getFirst();
        Array direction = before.multiply(beta1).add(gradient.multiply(1 - beta1)).sign();
        Array m = before.multiply(beta2).add(gradient.multiply(1 - beta2));
        return List.of(Rates.decayed(parameter, weightDecay, moment)
                .subtract(Rates.of(moment.rate(), parameter).multiply(direction)), m);
    }
}
