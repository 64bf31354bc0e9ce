package dev.kiln.examples.gradients;

import static dev.kiln.ops.Transforms.compile;
import static dev.kiln.ops.Transforms.valueAndGrad;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Compiled;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;
import dev.kiln.ops.ValueAndGrad;
import java.util.function.BiFunction;

/** Gradient descent on the squared error, each step on points drawn anew. */
final class Training {

    private static final int POINTS = 256;
    private static final double RATE = 0.02;

    /**
     * What a step makes.
     *
     * @param loss before the step
     * @param network after it
     */
    record Step(Array loss, Network network) {}

    /** Traced once: a later call builds one node. The random points are drawn anew in each call all the same. */
    static final Compiled<Network, Step> STEP = compile(Training::step);

    private Training() {}

    /** The function to learn. */
    static Array target(Array x) {
        return Ops.sin(x.multiply(5)).add(x.square());
    }

    private static Step step(Network network) {
        Array x = Random.uniform(-1, 1, Shape.shape(POINTS, 1), DType.FLOAT32);
        BiFunction<Network, Array, ValueAndGrad<Array, Network>> lossAndGradient = valueAndGrad(
                (Network candidate, Array points) -> candidate.loss(points, target(points)));
        ValueAndGrad<Array, Network> there = lossAndGradient.apply(network, x);
        return new Step(there.value(), network.descend(there.grad(), RATE));
    }

    /** Computes all of a step. */
    static Step eval(Step step) {
        Ops.eval(arrays(step));
        return step;
    }

    /** What a step has to compute. */
    static Array[] arrays(Step step) {
        Network network = step.network();
        return new Array[] {step.loss(), network.in(), network.bias(), network.norm(), network.out()};
    }
}
