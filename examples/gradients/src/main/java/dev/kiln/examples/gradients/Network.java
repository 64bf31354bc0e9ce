package dev.kiln.examples.gradients;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;

/**
 * A network of two layers with an RMS norm between them. A record of arrays, so its gradient is a network too.
 *
 * @param in of shape (1, hidden)
 * @param bias of shape (hidden)
 * @param norm the weight of the norm, of shape (hidden)
 * @param out of shape (hidden, 1)
 */
record Network(Array in, Array bias, Array norm, Array out) {

    private static final double EPS = 1e-5;
    private static final double SPREAD = 4;

    static Network random(int hidden, Array key) {
        Array keys = Random.split(key, 3);
        return new Network(
                Random.normal(Shape.shape(1, hidden), DType.FLOAT32, 0, SPREAD, Ops.take(keys, 0, 0)),
                Random.normal(Shape.shape(hidden), DType.FLOAT32, 0, SPREAD, Ops.take(keys, 1, 0)),
                Ops.ones(Shape.shape(hidden)),
                Random.normal(Shape.shape(hidden, 1), DType.FLOAT32, 0, 1 / Math.sqrt(hidden), Ops.take(keys, 2, 0)));
    }

    /** The outputs for {@code x}, both of shape (n, 1). */
    Array apply(Array x) {
        Array hidden = Ops.tanh(Ops.matmul(x, in).add(bias));
        return Ops.matmul(Fast.rmsNorm(hidden, norm, EPS), out);
    }

    /** The mean square of what the outputs for {@code x} are wrong by. */
    Array loss(Array x, Array expected) {
        return apply(x).subtract(expected).square().mean();
    }

    /** The network a step down along a gradient. */
    Network descend(Network gradient, double rate) {
        return new Network(in.subtract(gradient.in.multiply(rate)), bias.subtract(gradient.bias.multiply(rate)),
                norm.subtract(gradient.norm.multiply(rate)), out.subtract(gradient.out.multiply(rate)));
    }
}
