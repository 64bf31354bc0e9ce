package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Storage;
import dev.kiln.streams.Stream;
import dev.kiln.streams.StreamOrDevice;
import org.jspecify.annotations.Nullable;

/**
 * Random arrays: MLX's {@code mlx.core.random}. From the same key come the same bits as from MLX.
 *
 * <p>
 * A key is a uint32 array of shape (2); {@link #key} makes one of a seed and {@link #split} many of one. Draws without a key
 * use the calling thread's own sequence of keys: it differs from every other thread's, and begins anew with {@link #seed}.
 */
public final class Random {

    /** So that {@code erfinv} and {@code log1p} stay finite. */
    private static final float ABOVE_MINUS_ONE = Math.nextUp(-1f);
    /** A probability of 1 must be above all bits. */
    private static final float ABOVE_ALL_BITS = Math.nextUp(0x1p32f);

    private Random() {}

    /** Restarts the calling thread's sequence of keys, so that what is drawn next can be drawn again. */
    public static void seed(long seed) {
        KeySequence.current().seed(seed);
    }

    /** The key of a seed: its upper and its lower 32 bits. */
    public static Array key(long seed) {
        return KeySequence.key((int) (seed >>> 32), (int) seed);
    }

    /** Two new keys of one: an array of shape (2, 2). */
    public static Array split(Array key, StreamOrDevice... on) {
        return split(key, 2, on);
    }

    /** {@code num} new keys of one: an array of shape (num, 2). */
    public static Array split(Array key, int num, StreamOrDevice... on) {
        return bits(Shape.shape(num, 2), 4, key, on);
    }

    /** Uniform uint32 numbers. */
    public static Array bits(Shape shape, StreamOrDevice... on) {
        return bits(shape, 4, KeySequence.current().next(), on);
    }

    /**
     * Uniform integers of all their bits.
     *
     * @param width bytes of an element: 1 for uint8, 2 for uint16, 4 for uint32
     * @throws IllegalArgumentException if there is no such width, or {@code key} is no key
     */
    public static Array bits(Shape shape, int width, Array key, StreamOrDevice... on) {
        if (Operands.require("bits", "key", key).dtype() != DType.UINT32) {
            throw new IllegalArgumentException(
                    "[bits] Expected key type uint32 but received " + key.dtype() + ".");
        }
        if (!key.shape().equals(Shape.shape(2))) {
            throw new IllegalArgumentException("[bits] Expected key shape (2) but received " + key.shape() + ".");
        }
        if (width != 1 && width != 2 && width != 4) {
            throw new IllegalArgumentException("[bits] Bit width must be in {1, 2, 4} but got " + width + ".");
        }
        return Operands.of(new RandomBits(shape, width), StreamOrDevice.resolve(on), key.node());
    }

    /** Uniform float32 numbers from 0 to less than 1. */
    public static Array uniform(Shape shape, StreamOrDevice... on) {
        return uniform(shape, DType.FLOAT32, on);
    }

    /** Uniform numbers from 0 to less than 1. */
    public static Array uniform(Shape shape, DType dtype, StreamOrDevice... on) {
        return uniform(shape, dtype, KeySequence.current().next(), on);
    }

    /** Uniform numbers from 0 to less than 1. */
    public static Array uniform(Shape shape, DType dtype, Array key, StreamOrDevice... on) {
        return uniform(0, 1, shape, dtype, key, on);
    }

    /** Uniform numbers from {@code low} to less than {@code high}. */
    public static Array uniform(Number low, Number high, Shape shape, DType dtype, StreamOrDevice... on) {
        return uniform(low, high, shape, dtype, KeySequence.current().next(), on);
    }

    /**
     * Uniform numbers from {@code low} to less than {@code high}.
     *
     * @param dtype float32, float16 or bfloat16
     * @throws IllegalArgumentException if the dtype is another
     */
    public static Array uniform(Number low, Number high, Shape shape, DType dtype, Array key, StreamOrDevice... on) {
        Stream stream = StreamOrDevice.resolve(on);
        Array units = units(shape, dtype, key, stream);
        Scalars scalars = new Scalars(dtype);
        double lowest = scalars.rounded(low.doubleValue());
        return units.multiply(scalars.of(scalars.rounded(high.doubleValue()) - lowest), stream)
                .add(scalars.of(lowest), stream);
    }

    /**
     * Uniform numbers from {@code low} to less than {@code high}, which broadcast to {@code shape}.
     *
     * @param dtype float32, float16 or bfloat16
     * @throws IllegalArgumentException if the dtype is another, or the bounds do not broadcast to the shape
     */
    public static Array uniform(Array low, Array high, Shape shape, DType dtype, Array key, StreamOrDevice... on) {
        Stream stream = StreamOrDevice.resolve(on);
        Array lowest = Operands.require("uniform", "low", low).astype(dtype, stream);
        Array range = Operands.require("uniform", "high", high).astype(dtype, stream).subtract(lowest, stream);
        Shape out = Shape.broadcast(shape, range.shape());
        if (!out.equals(shape)) {
            throw new IllegalArgumentException("[uniform] Cannot generate random values of shape " + shape
                    + " from broadcasted shape " + out + ".");
        }
        return range.multiply(units(shape, dtype, key, stream), stream).add(lowest, stream);
    }

    /** From 0 to the largest number below 1 that {@code dtype} has. */
    private static Array units(Shape shape, DType dtype, Array key, Stream stream) {
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException(
                    "[uniform] Can only generate uniform numbers with real floating point type.");
        }
        float largest = switch (dtype) {
            case FLOAT32 -> Math.nextDown(1f);
            case FLOAT16 -> 1 - 0x1p-11f;
            case BFLOAT16 -> 1 - 0x1p-8f;
            default -> throw new IllegalArgumentException(
                    "[uniform] Unsupported type " + dtype + ": 32 random bits do not fill it.");
        };
        return bits(shape, 4, key, stream).divide(0x1p32f, stream).minimum(largest, stream).astype(dtype, stream);
    }

    /** Normally distributed float32 numbers of mean 0 and deviation 1. */
    public static Array normal(Shape shape, StreamOrDevice... on) {
        return normal(shape, DType.FLOAT32, on);
    }

    /** Normally distributed numbers of mean 0 and deviation 1. */
    public static Array normal(Shape shape, DType dtype, StreamOrDevice... on) {
        return normal(shape, dtype, KeySequence.current().next(), on);
    }

    /** Normally distributed numbers of mean 0 and deviation 1. */
    public static Array normal(Shape shape, DType dtype, Array key, StreamOrDevice... on) {
        return normal(shape, dtype, 0, 1, key, on);
    }

    /** Normally distributed numbers of mean {@code loc} and deviation {@code scale}. */
    public static Array normal(Shape shape, DType dtype, Number loc, Number scale, StreamOrDevice... on) {
        return normal(shape, dtype, loc, scale, KeySequence.current().next(), on);
    }

    /**
     * Normally distributed numbers of mean {@code loc} and deviation {@code scale}.
     *
     * @param dtype a real floating-point type
     * @throws IllegalArgumentException if it is none
     */
    public static Array normal(Shape shape, DType dtype, Number loc, Number scale, Array key, StreamOrDevice... on) {
        Stream stream = StreamOrDevice.resolve(on);
        Array deviations = deviations(shape, dtype, key, stream);
        Scalars scalars = new Scalars(dtype);
        double factor = scalars.rounded(Math.sqrt(2)) * scalars.rounded(scale.doubleValue());
        Array scaled = deviations.multiply(scalars.of(factor), stream);
        return loc.doubleValue() == 0 ? scaled : scaled.add(scalars.of(loc.doubleValue()), stream);
    }

    /**
     * Normally distributed numbers of mean {@code loc} (0 if null) and deviation {@code scale} (1 if null), which broadcast
     * to {@code shape}.
     *
     * @param dtype a real floating-point type
     * @throws IllegalArgumentException if it is none
     */
    public static Array normal(Shape shape, DType dtype, @Nullable Array loc, @Nullable Array scale, Array key,
            StreamOrDevice... on) {
        Stream stream = StreamOrDevice.resolve(on);
        Array deviations = deviations(shape, dtype, key, stream);
        Array root = new Scalars(dtype).of(Math.sqrt(2));
        Array scaled = deviations.multiply(
                scale == null ? root : scale.astype(dtype, stream).multiply(root, stream), stream);
        return loc == null ? scaled : scaled.add(loc.astype(dtype, stream), stream);
    }

    /** Normal deviates divided by the square root of 2. */
    private static Array deviations(Shape shape, DType dtype, Array key, Stream stream) {
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException("[normal] Only real floating point types are supported, not " + dtype
                    + ".");
        }
        return uniform(ABOVE_MINUS_ONE, 1, shape, DType.FLOAT32, key, stream).erfinv(stream).astype(dtype,
                stream);
    }

    /** Normally distributed numbers, of those only between {@code lower} and {@code upper}. */
    public static Array truncatedNormal(Array lower, Array upper, Shape shape, DType dtype, StreamOrDevice... on) {
        return truncatedNormal(lower, upper, shape, dtype, KeySequence.current().next(), on);
    }

    /**
     * Normally distributed numbers of mean 0 and deviation 1, of those only between {@code lower} and {@code upper}, which
     * broadcast to {@code shape}.
     *
     * @param dtype float32, float16 or bfloat16
     * @throws IllegalArgumentException if the dtype is another, or the bounds do not broadcast to the shape
     */
    public static Array truncatedNormal(Array lower, Array upper, Shape shape, DType dtype, Array key,
            StreamOrDevice... on) {
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException("[trunc_normal] trunc_normal only accepts floating point dtypes.");
        }
        Stream stream = StreamOrDevice.resolve(on);
        Array root = new Scalars(dtype).of(Math.sqrt(2));
        Array low = Operands.require("trunc_normal", "lower", lower).astype(dtype, stream);
        Array high = Operands.require("trunc_normal", "upper", upper).astype(dtype, stream);
        Array levels = uniform(low.divide(root, stream).erf(stream), high.divide(root, stream).erf(stream), shape,
                dtype, key, stream);
        return levels.erfinv(stream).multiply(root, stream).minimum(high, stream).maximum(low, stream);
    }

    /** Gumbel-distributed numbers, {@code -log(-log(uniform))}. */
    public static Array gumbel(Shape shape, DType dtype, StreamOrDevice... on) {
        return gumbel(shape, dtype, KeySequence.current().next(), on);
    }

    /** Gumbel-distributed numbers, {@code -log(-log(uniform))}. */
    public static Array gumbel(Shape shape, DType dtype, Array key, StreamOrDevice... on) {
        Stream stream = StreamOrDevice.resolve(on);
        return uniform(shape, dtype, key, stream).log(stream).negative(stream).log(stream).negative(stream);
    }

    /** Laplace-distributed numbers of mean {@code loc} and diversity {@code scale}. */
    public static Array laplace(Shape shape, DType dtype, Number loc, Number scale, StreamOrDevice... on) {
        return laplace(shape, dtype, loc, scale, KeySequence.current().next(), on);
    }

    /**
     * Laplace-distributed numbers of mean {@code loc} and diversity {@code scale}.
     *
     * @param dtype a real floating-point type
     * @throws IllegalArgumentException if it is none
     */
    public static Array laplace(Shape shape, DType dtype, Number loc, Number scale, Array key, StreamOrDevice... on) {
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException("[laplace] Only real floating point types are supported.");
        }
        Stream stream = StreamOrDevice.resolve(on);
        Array units = uniform(ABOVE_MINUS_ONE, 1, shape, DType.FLOAT32, key, stream);
        Array samples = units.sign(stream).multiply(units.abs(stream).negative(stream).log1p(stream), stream);
        return samples.astype(dtype, stream).multiply(scale, stream).add(loc, stream);
    }

    /** Uniform int32 numbers from {@code low} to less than {@code high}. */
    public static Array randint(Number low, Number high, Shape shape, StreamOrDevice... on) {
        return randint(low, high, shape, DType.INT32, KeySequence.current().next(), on);
    }

    /**
     * Uniform integers from {@code low} to less than {@code high}. They are drawn as float32s, as in MLX: beyond 2^24 there are
     * numbers that never come.
     *
     * @param dtype an integer type or bool
     * @throws IllegalArgumentException if it is none
     */
    public static Array randint(Number low, Number high, Shape shape, DType dtype, Array key, StreamOrDevice... on) {
        Stream stream = StreamOrDevice.resolve(on);
        requireIntegral(dtype);
        return whole(uniform(low, high, shape, DType.FLOAT32, key, stream),
                Operands.constant(dtype, Storage.Scalar.of(dtype, low.longValue())),
                Operands.constant(dtype, Storage.Scalar.of(dtype, high.longValue() - 1)), stream);
    }

    /**
     * Uniform integers from {@code low} to less than {@code high}, which broadcast to {@code shape}. They are drawn as float32s,
     * as in MLX: beyond 2^24 there are numbers that never come.
     *
     * @param dtype an integer type or bool
     * @throws IllegalArgumentException if it is none, or the bounds do not broadcast to the shape
     */
    public static Array randint(Array low, Array high, Shape shape, DType dtype, Array key, StreamOrDevice... on) {
        Stream stream = StreamOrDevice.resolve(on);
        requireIntegral(dtype);
        return whole(uniform(low, high, shape, DType.FLOAT32, key, stream), low.astype(dtype, stream),
                high.subtract(1, stream).astype(dtype, stream), stream);
    }

    private static void requireIntegral(DType dtype) {
        if (!dtype.isIntegral()) {
            throw new IllegalArgumentException("[randint] randint only accepts integer dtypes and bool.");
        }
    }

    /** Rounds down, and keeps in the bounds, which float32 may not hold. */
    private static Array whole(Array drawn, Array least, Array most, Stream stream) {
        return drawn.floor(stream).astype(least.dtype(), stream).minimum(most, stream).maximum(least, stream);
    }

    /** True with probability {@code p}. */
    public static Array bernoulli(Number p, Shape shape, StreamOrDevice... on) {
        return bernoulli(p, shape, KeySequence.current().next(), on);
    }

    /** True with probability {@code p}. */
    public static Array bernoulli(Number p, Shape shape, Array key, StreamOrDevice... on) {
        return bits(shape, 4, key, on).less(p.floatValue() * ABOVE_ALL_BITS, on);
    }

    /** True with the probabilities {@code p}, independently. */
    public static Array bernoulli(Array p, StreamOrDevice... on) {
        return bernoulli(p, Operands.require("bernoulli", "p", p).shape(), KeySequence.current().next(), on);
    }

    /**
     * True with the probabilities {@code p}, which broadcast to {@code shape}.
     *
     * @throws IllegalArgumentException if p is not floating, or does not broadcast to the shape
     */
    public static Array bernoulli(Array p, Shape shape, Array key, StreamOrDevice... on) {
        if (!Operands.require("bernoulli", "p", p).dtype().isFloating()) {
            throw new IllegalArgumentException("[bernoulli] bernoulli probability `p` must be a float type.");
        }
        if (!Shape.broadcast(p.shape(), shape).equals(shape)) {
            throw new IllegalArgumentException(
                    "[bernoulli] shape of `p` is incompatible with argument `shape`: " + p.shape() + " and " + shape
                            + ".");
        }
        Stream stream = StreamOrDevice.resolve(on);
        Array level = p.multiply(new Scalars(DType.FLOAT32).of(ABOVE_ALL_BITS), stream);
        return bits(shape, 4, key, stream).less(level, stream);
    }

    /** For each row of unnormalised log-probabilities the index of one of them, drawn with its probability. */
    public static Array categorical(Array logits, StreamOrDevice... on) {
        return categorical(logits, -1, KeySequence.current().next(), on);
    }

    /**
     * For each row of unnormalised log-probabilities along {@code axis} the index of one of them, drawn with its
     * probability.
     *
     * @return uint32, of the shape of {@code logits} without the axis
     */
    public static Array categorical(Array logits, int axis, Array key, StreamOrDevice... on) {
        return Categorical.of(logits, axis).draw(key, StreamOrDevice.resolve(on));
    }

    /**
     * For each row of unnormalised log-probabilities along {@code axis} the indices of {@code samples} of them, each drawn
     * with its probability.
     *
     * @return uint32, of the shape of {@code logits} without the axis, and a last axis of length {@code samples}
     */
    public static Array categorical(Array logits, int axis, int samples, Array key, StreamOrDevice... on) {
        return Categorical.of(logits, axis).draw(samples, key, StreamOrDevice.resolve(on));
    }

    /**
     * Indices drawn with given probabilities, as many as {@code shape} says.
     *
     * @param shape to which the shape of {@code logits} without the axis broadcasts
     * @return uint32, of this shape
     */
    public static Array categorical(Array logits, int axis, Shape shape, Array key, StreamOrDevice... on) {
        return Categorical.of(logits, axis).draw(shape, key, StreamOrDevice.resolve(on));
    }

    /**
     * The numbers from 0 to less than {@code n} in random order: uint32 of shape (n).
     *
     * @throws IllegalArgumentException if {@code n} is negative
     */
    public static Array permutation(int n, Array key, StreamOrDevice... on) {
        if (n < 0) {
            throw new IllegalArgumentException("[permutation] There is no permutation of " + n + " numbers.");
        }
        return Ops.argsort(bits(Shape.shape(n), 4, key, on), on);
    }

    /** The slices of {@code x} along {@code axis} in random order. */
    public static Array permutation(Array x, int axis, Array key, StreamOrDevice... on) {
        return Ops.take(x, permutation((int) Operands.require("permutation", "x", x).dim(axis), key, on), axis, on);
    }
}
