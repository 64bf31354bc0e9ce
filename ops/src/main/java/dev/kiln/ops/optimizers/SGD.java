package dev.kiln.ops.optimizers;

import dev.kiln.ops.Array;
import java.util.List;

/**
 * Gradient descent, with momentum if it is not 0.
 *
 * @param momentum how much of the velocity stays in a step
 * @param weightDecay how much of a parameter is added to its gradient
 * @param dampening how much of the gradient the velocity does not take on
 * @param nesterov whether a step looks ahead by the velocity
 */
public record SGD(Schedule learningRate, double momentum, double weightDecay, double dampening, boolean nesterov)
        implements
            Optimizer {

    /**
     * Checks the momentum.
     *
     * @throws IllegalArgumentException if Nesterov's has none, or is dampened
     */
    public SGD {
        if (nesterov && (momentum <= 0 || dampening != 0)) {
            throw new IllegalArgumentException("Nesterov momentum requires a momentum and zero dampening.");
        }
    }

    /** Without momentum. */
    public SGD(Schedule learningRate) {
        this(learningRate, 0, 0, 0, false);
    }

    /** A constant rate, without momentum. */
    public SGD(double learningRate) {
        this(Schedule.constant(learningRate));
    }

    /** A constant rate, with momentum. */
    public SGD(double learningRate, double momentum) {
        this(Schedule.constant(learningRate), momentum, 0, 0, false);
    }

    @Override
    public List<String> slots() {
        return momentum > 0 ? List.of("v") : List.of();
    }

    @Override
    public List<Array> move(Array parameter, Array gradient, List<Array> slots, Moment moment) {
        Array along = weightDecay == 0 ? gradient : gradient.add(parameter.multiply(weightDecay));
        Array rate = Rates.of(moment.rate(), parameter);
        if (slots.isEmpty()) {
            return List.of(parameter.subtract(rate.multiply(along)));
        }
        Array v = slots.getFirst().multiply(momentum).add(along.multiply(1 - dampening));
        Array direction = nesterov ? along.add(v.multiply(momentum)) : v;
        return List.of(parameter.subtract(rate.multiply(direction)), v);
    }
}
