package dev.kiln.ops.optimizers;

import dev.kiln.ops.Array;
import java.util.List;

/**
 * Steps along the gradient, divided by the root of the sum of squares of all (Duchi, Hazan and Singer 2011).
 *
 * @param eps added to the root
 */
public record Adagrad(Schedule learningRate, double eps) implements Optimizer {

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the eps is not positive
     */
    public Adagrad {
        Rates.requirePositive("adagrad", "eps", eps);
    }

    /** With an eps of 1e-8. */
    public Adagrad(Schedule learningRate) {
        this(learningRate, Adam.EPS);
    }

    /** A constant rate; see {@link #Adagrad(Schedule)}. */
    public Adagrad(double learningRate) {
        this(Schedule.constant(learningRate));
    }

    @Override
    public List<String> slots() {
        return List.of("v");
    }

    @Override
    public List<Array> move(Array parameter, Array gradient, List<Array> slots, Moment moment) {
        Array v = slots.getFirst().add(gradient.square());
        Array rate = Rates.of(moment.rate(), parameter);
        return List.of(parameter.subtract(rate.multiply(gradient).divide(v.sqrt().add(eps))), v);
    }
}
