package dev.kiln.ops.optimizers;

import dev.kiln.ops.Array;
import java.util.List;

/**
 * Steps along the gradient, divided by the root of the mean square of past ones (Tieleman and Hinton 2012).
 *
 * @param alpha how much of the mean square stays in a step
 * @param eps added to the root
 */
public record RMSprop(Schedule learningRate, double alpha, double eps) implements Optimizer {

    private static final double ALPHA = 0.99;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the alpha is negative, or the eps is not positive
     */
    public RMSprop {
        Rates.requireNotNegative("rmsprop", "alpha", alpha);
        Rates.requirePositive("rmsprop", "eps", eps);
    }

    /** MLX's defaults: an alpha of 0.99, an eps of 1e-8. */
    public RMSprop(Schedule learningRate) {
        this(learningRate, ALPHA, Adam.EPS);
    }

    /** A constant rate; see {@link #RMSprop(Schedule)}. */
    public RMSprop(double learningRate) {
        this(Schedule.constant(learningRate));
    }

    @Override
    public List<String> slots() {
        return List.of("v");
    }

    @Override
    public List<Array> move(Array parameter, Array gradient, List<Array> slots, Moment moment) {
        Array v = slots.getFirst().multiply(alpha).add(gradient.square().multiply(1 - alpha));
        Array rate = Rates.of(moment.rate(), parameter);
        return List.of(parameter.subtract(rate.multiply(gradient).divide(v.sqrt().add(eps))), v);
    }
}
