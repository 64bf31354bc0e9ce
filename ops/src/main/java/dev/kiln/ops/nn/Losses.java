package dev.kiln.ops.nn;

import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Transforms;
import org.jspecify.annotations.Nullable;

/** How wrong predictions are: MLX's losses, with its conventions. */
public final class Losses {

    private static final double LOG_LEAST = -100;

    private Losses() {}

    /**
     * How many nats a model spends on the right classes, each along the last axis of {@code logits}.
     *
     * @see #crossEntropy(Array, Array, Array, int, double, Reduction)
     */
    public static Array crossEntropy(Array logits, Array targets, Reduction reduction) {
        return crossEntropy(logits, targets, null, -1, 0, reduction);
    }

    /**
     * How many nats a model spends on the right classes.
     *
     * @param logits unnormalised logarithms of probabilities
     * @param targets classes: integers of the shape of {@code logits} without {@code axis}; or probabilities of the same shape
     * @param weights what to multiply the losses by, of their shape: a mask, for example; or null. The mean is of all
     *        elements, as in MLX: divide a sum by the sum of a mask for that of the unmasked ones
     * @param axis of the classes
     * @param labelSmoothing the part of the target, from 0 to less than 1, that is spread over all classes
     * @throws IllegalArgumentException if shapes do not fit, or the smoothing is out of its range
     */
    public static Array crossEntropy(Array logits, Array targets, @Nullable Array weights, int axis,
            double labelSmoothing, Reduction reduction) {
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new IllegalArgumentException("[cross_entropy] Label smoothing " + labelSmoothing
                    + " is not from 0 to less than 1.");
        }
        requireAxis("cross_entropy", logits, axis);
        boolean probabilities = targets.shape().equals(logits.shape());
        if (!probabilities) {
            requireClasses("cross_entropy", logits, targets, axis);
        }
        // The largest cancels; without it, large logits would leave few digits to their differences.
        Array shifted = logits.subtract(Transforms.stopGradient(logits.max(axis, true)));
        Array score = probabilities ? shifted.multiply(targets).sum(axis) : chosen(shifted, targets, axis);
        if (labelSmoothing > 0) {
            score = score.multiply(1 - labelSmoothing).add(shifted.mean(axis).multiply(labelSmoothing));
        }
        return reduction.of(weighted("cross_entropy", shifted.logsumexp(axis).subtract(score), weights));
    }

    /**
     * How many nats a model spends on yes or no.
     *
     * @param inputs logarithms of odds, or probabilities if {@code withLogits} is false
     * @param targets from 0 to 1
     * @param weights what to multiply the losses by, of their shape; or null
     */
    public static Array binaryCrossEntropy(Array inputs, Array targets, @Nullable Array weights, boolean withLogits,
            Reduction reduction) {
        requireSame("binary_cross_entropy", inputs, targets);
        Array losses = withLogits
                ? inputs.logaddexp(0).subtract(targets.multiply(inputs))
                : targets.multiply(inputs.log().maximum(LOG_LEAST))
                        .add(Ops.subtract(1, targets).multiply(inputs.negative().log1p().maximum(LOG_LEAST)))
                        .negative();
        return reduction.of(weighted("binary_cross_entropy", losses, weights));
    }

    /**
     * The negative of the targets' entries in logarithms of probabilities, along {@code axis}.
     *
     * @param targets classes: integers of the shape of {@code logProbabilities} without {@code axis}
     * @throws IllegalArgumentException if shapes do not fit
     */
    public static Array nll(Array logProbabilities, Array targets, int axis, Reduction reduction) {
        requireAxis("nll", logProbabilities, axis);
        requireClasses("nll", logProbabilities, targets, axis);
        return reduction.of(chosen(logProbabilities, targets, axis).negative());
    }

    private static void requireAxis(String loss, Array scores, int axis) {
        if (axis < -scores.ndim() || axis >= scores.ndim()) {
            throw new IllegalArgumentException("[" + loss + "] Axis " + axis + " is out of bounds for array with "
                    + scores.ndim() + " dimensions and shape " + scores.shape() + ".");
        }
    }

    private static void requireClasses(String loss, Array scores, Array classes, int axis) {
        if (classes.ndim() != scores.ndim() - 1
                || !classes.expandDims(axis).shape().equals(scores.shape().with(axis, 1))) {
            throw new IllegalArgumentException("[" + loss + "] Targets of shape " + classes.shape()
                    + " do not fit scores of shape " + scores.shape() + " with classes along axis " + axis + ".");
        }
    }

    /** The entry of each class. */
    private static Array chosen(Array scores, Array classes, int axis) {
        return Ops.takeAlongAxis(scores, classes.expandDims(axis), axis).squeeze(axis);
    }

    /** Squared errors. */
    public static Array mse(Array predictions, Array targets, Reduction reduction) {
        requireSame("mse", predictions, targets);
        return reduction.of(predictions.subtract(targets).square());
    }

    /** Absolute errors. */
    public static Array l1(Array predictions, Array targets, Reduction reduction) {
        requireSame("l1", predictions, targets);
        return reduction.of(predictions.subtract(targets).abs());
    }

    /** Half of squared errors up to {@code beta}, divided by it, and absolute ones beyond, less {@code beta / 2}. */
    public static Array smoothL1(Array predictions, Array targets, double beta, Reduction reduction) {
        requireSame("smooth_l1", predictions, targets);
        Array errors = predictions.subtract(targets).abs();
        return reduction.of(Ops.where(errors.less(beta), errors.square().multiply(0.5 / beta),
                errors.subtract(beta / 2)));
    }

    /** Half of squared errors up to {@code delta}, and beyond a line of slope {@code delta} that continues them. */
    public static Array huber(Array predictions, Array targets, double delta, Reduction reduction) {
        requireSame("huber", predictions, targets);
        Array errors = predictions.subtract(targets).abs();
        Array quadratic = errors.minimum(delta);
        return reduction.of(quadratic.square().multiply(0.5).add(errors.subtract(quadratic).multiply(delta)));
    }

    /** How far distributions are from the targets, both as logarithms, along {@code axis} (Kullback and Leibler). */
    public static Array klDiv(Array logPredictions, Array logTargets, int axis, Reduction reduction) {
        requireSame("kl_div", logPredictions, logTargets);
        return reduction.of(logTargets.exp().multiply(logTargets.subtract(logPredictions)).sum(axis));
    }

    /** {@code max(0, 1 - prediction target)}, the targets being -1 and 1. */
    public static Array hinge(Array predictions, Array targets, Reduction reduction) {
        requireSame("hinge", predictions, targets);
        return reduction.of(Ops.subtract(1, predictions.multiply(targets)).maximum(0));
    }

    private static Array weighted(String loss, Array losses, @Nullable Array weights) {
        if (weights == null) {
            return losses;
        }
        requireSame(loss, losses, weights);
        return losses.multiply(weights.astype(losses.dtype()));
    }

    private static void requireSame(String loss, Array a, Array b) {
        if (!a.shape().equals(b.shape())) {
            throw new IllegalArgumentException("[" + loss + "] Shapes " + a.shape() + " and " + b.shape()
                    + " are not the same.");
        }
    }
}
