package dev.kiln.ops;

import dev.kiln.streams.StreamOrDevice;

/**
 * Functions that fold axes. Without axes all are folded; an empty list of axes folds none. {@code keepdims} keeps the folded
 * axes with length 1. 16-bit floats accumulate in float32.
 */
abstract class ReductionOps extends BinaryOps {

    ReductionOps() {}

    /**
     * The sum over {@code axes}; 8- and 16-bit integers and bool add up in 32 bits. The sum of nothing is 0.
     *
     * @throws IllegalArgumentException if there is no such axis
     */
    public static Array sum(Array a, int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Reductions.sum(a, axes, keepdims, StreamOrDevice.resolve(on));
    }

    /** The sum over one axis; see {@link #sum(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array sum(Array a, int axis, boolean keepdims, StreamOrDevice... on) {
        return sum(a, new int[] {axis}, keepdims, on);
    }

    /** The sum over one axis, which goes; see {@link #sum(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array sum(Array a, int axis, StreamOrDevice... on) {
        return sum(a, axis, false, on);
    }

    /** The sum over all axes; see {@link #sum(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array sum(Array a, StreamOrDevice... on) {
        return sum(a, Reductions.allAxes("sum", a), false, on);
    }

    /**
     * The mean over {@code axes}; float32 for integers. The mean of nothing is NaN.
     *
     * @throws IllegalArgumentException if there is no such axis
     */
    public static Array mean(Array a, int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Reductions.mean(a, axes, keepdims, StreamOrDevice.resolve(on));
    }

    /** The mean over one axis; see {@link #mean(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array mean(Array a, int axis, boolean keepdims, StreamOrDevice... on) {
        return mean(a, new int[] {axis}, keepdims, on);
    }

    /** The mean over one axis, which goes; see {@link #mean(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array mean(Array a, int axis, StreamOrDevice... on) {
        return mean(a, axis, false, on);
    }

    /** The mean over all axes; see {@link #mean(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array mean(Array a, StreamOrDevice... on) {
        return mean(a, Reductions.allAxes("mean", a), false, on);
    }

    /**
     * The product over {@code axes}; 8- and 16-bit integers and bool multiply in 32 bits. The product of nothing is 1.
     *
     * @throws IllegalArgumentException if there is no such axis
     */
    public static Array prod(Array a, int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Reductions.prod(a, axes, keepdims, StreamOrDevice.resolve(on));
    }

    /** The product over one axis; see {@link #prod(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array prod(Array a, int axis, boolean keepdims, StreamOrDevice... on) {
        return prod(a, new int[] {axis}, keepdims, on);
    }

    /** The product over one axis, which goes; see {@link #prod(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array prod(Array a, int axis, StreamOrDevice... on) {
        return prod(a, axis, false, on);
    }

    /** The product over all axes; see {@link #prod(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array prod(Array a, StreamOrDevice... on) {
        return prod(a, Reductions.allAxes("prod", a), false, on);
    }

    /**
     * The largest element over {@code axes}; NaN if one is.
     *
     * @throws IllegalArgumentException if there is no such axis, or one of them has length 0
     */
    public static Array max(Array a, int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Reductions.max(a, axes, keepdims, StreamOrDevice.resolve(on));
    }

    /** The largest element over one axis; see {@link #max(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array max(Array a, int axis, boolean keepdims, StreamOrDevice... on) {
        return max(a, new int[] {axis}, keepdims, on);
    }

    /** The largest element over one axis, which goes; see {@link #max(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array max(Array a, int axis, StreamOrDevice... on) {
        return max(a, axis, false, on);
    }

    /** The largest element over all axes; see {@link #max(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array max(Array a, StreamOrDevice... on) {
        return max(a, Reductions.allAxes("max", a), false, on);
    }

    /**
     * The smallest element over {@code axes}; NaN if one is.
     *
     * @throws IllegalArgumentException if there is no such axis, or one of them has length 0
     */
    public static Array min(Array a, int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Reductions.min(a, axes, keepdims, StreamOrDevice.resolve(on));
    }

    /** The smallest element over one axis; see {@link #min(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array min(Array a, int axis, boolean keepdims, StreamOrDevice... on) {
        return min(a, new int[] {axis}, keepdims, on);
    }

    /** The smallest element over one axis, which goes; see {@link #min(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array min(Array a, int axis, StreamOrDevice... on) {
        return min(a, axis, false, on);
    }

    /** The smallest element over all axes; see {@link #min(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array min(Array a, StreamOrDevice... on) {
        return min(a, Reductions.allAxes("min", a), false, on);
    }

    /**
     * Whether no element is zero over {@code axes}; true of nothing.
     *
     * @throws IllegalArgumentException if there is no such axis
     */
    public static Array all(Array a, int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Reductions.all(a, axes, keepdims, StreamOrDevice.resolve(on));
    }

    /** Whether no element is zero over one axis; see {@link #all(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array all(Array a, int axis, boolean keepdims, StreamOrDevice... on) {
        return all(a, new int[] {axis}, keepdims, on);
    }

    /** Whether no element is zero over one axis, which goes; see {@link #all(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array all(Array a, int axis, StreamOrDevice... on) {
        return all(a, axis, false, on);
    }

    /** Whether no element is zero over all axes; see {@link #all(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array all(Array a, StreamOrDevice... on) {
        return all(a, Reductions.allAxes("all", a), false, on);
    }

    /**
     * Whether some element is not zero over {@code axes}; false of nothing.
     *
     * @throws IllegalArgumentException if there is no such axis
     */
    public static Array any(Array a, int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Reductions.any(a, axes, keepdims, StreamOrDevice.resolve(on));
    }

    /** Whether some element is not zero over one axis; see {@link #any(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array any(Array a, int axis, boolean keepdims, StreamOrDevice... on) {
        return any(a, new int[] {axis}, keepdims, on);
    }

    /** Whether some element is not zero over one axis, which goes; see {@link #any(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array any(Array a, int axis, StreamOrDevice... on) {
        return any(a, axis, false, on);
    }

    /** Whether some element is not zero over all axes; see {@link #any(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array any(Array a, StreamOrDevice... on) {
        return any(a, Reductions.allAxes("any", a), false, on);
    }

    /**
     * {@code log(sum(exp(a)))} without overflow over {@code axes}; float32 for integers.
     *
     * @throws IllegalArgumentException if there is no such axis, or {@code a} is empty
     */
    public static Array logsumexp(Array a, int[] axes, boolean keepdims, StreamOrDevice... on) {
        return Reductions.logsumexp(a, axes, keepdims, StreamOrDevice.resolve(on));
    }

    /** {@code log(sum(exp(a)))} without overflow over one axis; see {@link #logsumexp(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array logsumexp(Array a, int axis, boolean keepdims, StreamOrDevice... on) {
        return logsumexp(a, new int[] {axis}, keepdims, on);
    }

    /** {@code log(sum(exp(a)))} without overflow over one axis, which goes; see {@link #logsumexp(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array logsumexp(Array a, int axis, StreamOrDevice... on) {
        return logsumexp(a, axis, false, on);
    }

    /** {@code log(sum(exp(a)))} without overflow over all axes; see {@link #logsumexp(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array logsumexp(Array a, StreamOrDevice... on) {
        return logsumexp(a, Reductions.allAxes("logsumexp", a), false, on);
    }

    /**
     * The variance over {@code axes}: the mean of the squared distances from the mean, with a divisor of {@code n - ddof}
     * instead of {@code n}. Computed in float32 for 16-bit floats and integers; float32 for complex64.
     *
     * @throws IllegalArgumentException if there is no such axis
     */
    public static Array var(Array a, int[] axes, boolean keepdims, int ddof, StreamOrDevice... on) {
        return Reductions.var(a, axes, keepdims, ddof, StreamOrDevice.resolve(on));
    }

    /** The variance over {@code axes}, with a divisor of {@code n}. */
    public static Array var(Array a, int[] axes, boolean keepdims, StreamOrDevice... on) {
        return var(a, axes, keepdims, 0, on);
    }

    /** The variance over one axis; see {@link #var(Array, int[], boolean, int, StreamOrDevice...)}. */
    public static Array var(Array a, int axis, boolean keepdims, int ddof, StreamOrDevice... on) {
        return var(a, new int[] {axis}, keepdims, ddof, on);
    }

    /** The variance over one axis, with a divisor of {@code n}. */
    public static Array var(Array a, int axis, boolean keepdims, StreamOrDevice... on) {
        return var(a, axis, keepdims, 0, on);
    }

    /** The variance over one axis, which goes, with a divisor of {@code n}. */
    public static Array var(Array a, int axis, StreamOrDevice... on) {
        return var(a, axis, false, 0, on);
    }

    /** The variance over all axes, with a divisor of {@code n}. */
    public static Array var(Array a, StreamOrDevice... on) {
        return var(a, Reductions.allAxes("var", a), false, 0, on);
    }

    /**
     * The standard deviation over {@code axes}: the square root of the variance, with a divisor of {@code n - ddof}
     * instead of {@code n}. Computed in float32 for 16-bit floats and integers; float32 for complex64.
     *
     * @throws IllegalArgumentException if there is no such axis
     */
    public static Array std(Array a, int[] axes, boolean keepdims, int ddof, StreamOrDevice... on) {
        return Reductions.std(a, axes, keepdims, ddof, StreamOrDevice.resolve(on));
    }

    /** The standard deviation over {@code axes}, with a divisor of {@code n}. */
    public static Array std(Array a, int[] axes, boolean keepdims, StreamOrDevice... on) {
        return std(a, axes, keepdims, 0, on);
    }

    /** The standard deviation over one axis; see {@link #std(Array, int[], boolean, int, StreamOrDevice...)}. */
    public static Array std(Array a, int axis, boolean keepdims, int ddof, StreamOrDevice... on) {
        return std(a, new int[] {axis}, keepdims, ddof, on);
    }

    /** The standard deviation over one axis, with a divisor of {@code n}. */
    public static Array std(Array a, int axis, boolean keepdims, StreamOrDevice... on) {
        return std(a, axis, keepdims, 0, on);
    }

    /** The standard deviation over one axis, which goes, with a divisor of {@code n}. */
    public static Array std(Array a, int axis, StreamOrDevice... on) {
        return std(a, axis, false, 0, on);
    }

    /** The standard deviation over all axes, with a divisor of {@code n}. */
    public static Array std(Array a, StreamOrDevice... on) {
        return std(a, Reductions.allAxes("std", a), false, 0, on);
    }

    /**
     * Where along an axis the largest element is, as uint32; the first of equal ones.
     *
     * @throws IllegalArgumentException if there is no such axis, or {@code a} is empty
     */
    public static Array argmax(Array a, int axis, boolean keepdims, StreamOrDevice... on) {
        return Reductions.arg(Reduce.Op.ARGMAX, a, axis, keepdims, StreamOrDevice.resolve(on));
    }

    /** Where along an axis, which goes, the largest element is, as uint32; the first of equal ones. */
    public static Array argmax(Array a, int axis, StreamOrDevice... on) {
        return argmax(a, axis, false, on);
    }

    /** Where in row-major order the largest element is, as uint32; with all axes kept at length 1, or gone. */
    public static Array argmax(Array a, boolean keepdims, StreamOrDevice... on) {
        return Reductions.arg(Reduce.Op.ARGMAX, a, keepdims, StreamOrDevice.resolve(on));
    }

    /** Where in row-major order the largest element is, as uint32; the first of equal ones. */
    public static Array argmax(Array a, StreamOrDevice... on) {
        return argmax(a, false, on);
    }

    /**
     * Where along an axis the smallest element is, as uint32; the first of equal ones.
     *
     * @throws IllegalArgumentException if there is no such axis, or {@code a} is empty
     */
    public static Array argmin(Array a, int axis, boolean keepdims, StreamOrDevice... on) {
        return Reductions.arg(Reduce.Op.ARGMIN, a, axis, keepdims, StreamOrDevice.resolve(on));
    }

    /** Where along an axis, which goes, the smallest element is, as uint32; the first of equal ones. */
    public static Array argmin(Array a, int axis, StreamOrDevice... on) {
        return argmin(a, axis, false, on);
    }

    /** Where in row-major order the smallest element is, as uint32; with all axes kept at length 1, or gone. */
    public static Array argmin(Array a, boolean keepdims, StreamOrDevice... on) {
        return Reductions.arg(Reduce.Op.ARGMIN, a, keepdims, StreamOrDevice.resolve(on));
    }

    /** Where in row-major order the smallest element is, as uint32; the first of equal ones. */
    public static Array argmin(Array a, StreamOrDevice... on) {
        return argmin(a, false, on);
    }

    /**
     * {@code exp(a) / sum(exp(a))} over {@code axes}, without overflow; float32 for integers.
     *
     * @param precise whether 16-bit floats must be computed in float32 and rounded once; a backend may always do so
     * @throws IllegalArgumentException if there is no such axis
     */
    public static Array softmax(Array a, int[] axes, boolean precise, StreamOrDevice... on) {
        return Reductions.softmax(a, axes, precise, StreamOrDevice.resolve(on));
    }

    /** {@code exp(a) / sum(exp(a))} over one axis; see {@link #softmax(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array softmax(Array a, int axis, boolean precise, StreamOrDevice... on) {
        return softmax(a, new int[] {axis}, precise, on);
    }

    /** {@code exp(a) / sum(exp(a))} over one axis; see {@link #softmax(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array softmax(Array a, int axis, StreamOrDevice... on) {
        return softmax(a, axis, false, on);
    }

    /** {@code exp(a) / sum(exp(a))} over all axes; see {@link #softmax(Array, int[], boolean, StreamOrDevice...)}. */
    public static Array softmax(Array a, StreamOrDevice... on) {
        return softmax(a, Reductions.allAxes("softmax", a), false, on);
    }
}
