package dev.kiln.ops.nn;

import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import java.util.List;

/** Functions of single elements, or of rows, that stand between layers. Each is fused with what stands around it. */
public final class Activations {

    private static final double SELU_ALPHA = 1.6732632423543772;
    private static final double SELU_SCALE = 1.0507009873554805;
    private static final double GELU_CUBE = 0.044715;
    private static final double GELU_FAST = 1.702;
    private static final double SIX = 6;

    private Activations() {}

    /** {@code max(x, 0)}. */
    public static Array relu(Array x) {
        return x.maximum(0);
    }

    /** {@code min(max(x, 0), 6)}. */
    public static Array relu6(Array x) {
        return x.maximum(0).minimum(SIX);
    }

    /** {@code x} where it is positive, else {@code slope x}. */
    public static Array leakyRelu(Array x, double slope) {
        return Ops.where(x.greater(0), x, x.multiply(slope));
    }

    /** {@code x} where it is positive, else {@code alpha (exp(x) - 1)}. */
    public static Array elu(Array x, double alpha) {
        return Ops.where(x.greater(0), x, x.minimum(0).expm1().multiply(alpha));
    }

    /** {@link #elu}, scaled so that layers keep mean and variance (Klambauer et al. 2017, arXiv:1706.02515). */
    public static Array selu(Array x) {
        return elu(x, SELU_ALPHA).multiply(SELU_SCALE);
    }

    /** {@code x sigmoid(x)}. */
    public static Array silu(Array x) {
        return x.multiply(x.sigmoid());
    }

    /** {@code x} times the probability that a normal deviate is less than x. */
    public static Array gelu(Array x) {
        return x.multiply(x.multiply(Math.sqrt(0.5)).erf().add(1)).multiply(0.5);
    }

    /** {@link #gelu} by the hyperbolic tangent. */
    public static Array geluApprox(Array x) {
        Array inner = x.add(x.square().multiply(x).multiply(GELU_CUBE)).multiply(Math.sqrt(2 / Math.PI));
        return x.multiply(inner.tanh().add(1)).multiply(0.5);
    }

    /** {@link #gelu} by the sigmoid: {@code x sigmoid(1.702 x)}. */
    public static Array geluFastApprox(Array x) {
        return x.multiply(x.multiply(GELU_FAST).sigmoid());
    }

    /** {@code x tanh(log(1 + exp(x)))}. */
    public static Array mish(Array x) {
        return x.multiply(softplus(x).tanh());
    }

    /** {@code log(1 + exp(x))}. */
    public static Array softplus(Array x) {
        return x.logaddexp(0);
    }

    /** {@code x / (1 + |x|)}. */
    public static Array softsign(Array x) {
        return x.divide(x.abs().add(1));
    }

    /** {@code x min(max(x + 3, 0), 6) / 6}. */
    public static Array hardswish(Array x) {
        return x.multiply(relu6(x.add(SIX / 2))).divide(SIX);
    }

    /** {@code 1 / (1 + exp(-x))}. */
    public static Array sigmoid(Array x) {
        return x.sigmoid();
    }

    /** {@code log(sigmoid(x))}. */
    public static Array logSigmoid(Array x) {
        return softplus(x.negative()).negative();
    }

    /** The hyperbolic tangent. */
    public static Array tanh(Array x) {
        return x.tanh();
    }

    /** Probabilities in proportion to {@code exp(x)}, along the last axis. */
    public static Array softmax(Array x) {
        return x.softmax(-1);
    }

    /** The logarithms of {@link #softmax}. */
    public static Array logSoftmax(Array x) {
        return logSoftmax(x, -1);
    }

    /** The logarithms of probabilities in proportion to {@code exp(x)}, along {@code axis}. */
    public static Array logSoftmax(Array x, int axis) {
        return x.subtract(x.logsumexp(axis, true));
    }

    /** The first half of {@code axis}, gated: times the sigmoid of the second. */
    public static Array glu(Array x, int axis) {
        List<Array> halves = x.split(2, axis);
        return halves.get(0).multiply(halves.get(1).sigmoid());
    }
}
