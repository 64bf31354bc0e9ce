package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.streams.Stream;
import dev.kiln.streams.StreamOrDevice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Functions that choose between elements, and comparisons of whole arrays. */
abstract class SelectionOps extends ReductionOps {

    private static final double RTOL = 1e-5;
    private static final double ATOL = 1e-8;

    SelectionOps() {}

    /**
     * {@code x} where the condition is not zero and {@code y} elsewhere; the three are broadcast to one shape, {@code x} and
     * {@code y} promoted to one dtype.
     *
     * @throws IllegalArgumentException if the shapes do not broadcast
     */
    public static Array where(Array condition, Array x, Array y, StreamOrDevice... on) {
        Operands.require("where", "condition", condition);
        DType dtype = Operands.promote("where", "x", x, "y", y);
        Stream stream = StreamOrDevice.resolve(on);
        Shape shape = Operands.broadcast("where", condition, x, y);
        return Operands.of(new Select(), stream,
                Operands.broadcast(Operands.cast(condition.node(), DType.BOOL, stream), shape, stream),
                Operands.broadcast(Operands.cast(x.node(), dtype, stream), shape, stream),
                Operands.broadcast(Operands.cast(y.node(), dtype, stream), shape, stream));
    }

    /** {@code x} where the condition is not zero and the number {@code y} elsewhere. */
    public static Array where(Array condition, Array x, Number y, StreamOrDevice... on) {
        return where(condition, x, Operands.scalar("where", y, "x", x), on);
    }

    /** The number {@code x} where the condition is not zero and {@code y} elsewhere. */
    public static Array where(Array condition, Number x, Array y, StreamOrDevice... on) {
        return where(condition, Operands.scalar("where", x, "y", y), y, on);
    }

    /** The number {@code x} where the condition is not zero and {@code y} elsewhere; typed as {@link Array#scalar(Number)}. */
    public static Array where(Array condition, Number x, Number y, StreamOrDevice... on) {
        return where(condition, Array.scalar(x), Array.scalar(y), on);
    }

    /**
     * Each element, but at least {@code min} and at most {@code max}; null means no bound.
     *
     * @throws IllegalArgumentException if both bounds are null, or the shapes do not broadcast
     */
    public static Array clip(Array a, @Nullable Array min, @Nullable Array max, StreamOrDevice... on) {
        Operands.require("clip", "a", a);
        if (min == null && max == null) {
            throw new IllegalArgumentException("[clip] At most one of a_min and a_max may be None (null).");
        }
        Array raised = min == null ? a : maximum(a, min, on);
        return max == null ? raised : minimum(raised, max, on);
    }

    /** Each element, but at least {@code min} and at most {@code max}; null means no bound. */
    public static Array clip(Array a, @Nullable Number min, @Nullable Number max, StreamOrDevice... on) {
        Operands.require("clip", "a", a);
        return clip(a, min == null ? null : Operands.scalar("clip", min, "a", a),
                max == null ? null : Operands.scalar("clip", max, "a", a), on);
    }

    /**
     * Where {@code |a - b| <= atol + rtol * |b|}. Equal infinities are close.
     *
     * @param equalNan whether two NaNs are close
     * @throws IllegalArgumentException if the shapes do not broadcast
     */
    public static Array isclose(Array a, Array b, double rtol, double atol, boolean equalNan, StreamOrDevice... on) {
        DType promoted = Operands.promote("isclose", "a", a, "b", b);
        // Integers are compared in float64, so that differences of unsigned ones do not wrap.
        DType dtype = promoted.isIntegral() ? DType.FLOAT64 : DType.promote(promoted, DType.FLOAT32);
        Array x = a.astype(dtype, on);
        Array y = b.astype(dtype, on);
        Array bound = y.abs(on).multiply(rtol, on).add(atol, on);
        Array near = x.subtract(y, on).abs(on).lessEqual(bound, on).logicalAnd(y.isfinite(on), on);
        Array close = near.logicalOr(x.equal(y, on), on);
        return equalNan ? close.logicalOr(x.isnan(on).logicalAnd(y.isnan(on), on), on) : close;
    }

    /** {@link #isclose(Array, Array, double, double, boolean, StreamOrDevice...)} without equal NaNs. */
    public static Array isclose(Array a, Array b, double rtol, double atol, StreamOrDevice... on) {
        return isclose(a, b, rtol, atol, false, on);
    }

    /** {@link #isclose(Array, Array, double, double, StreamOrDevice...)} with {@code rtol} 1e-5 and {@code atol} 1e-8. */
    public static Array isclose(Array a, Array b, StreamOrDevice... on) {
        return isclose(a, b, RTOL, ATOL, on);
    }

    /** Whether all elements are close; see {@link #isclose(Array, Array, double, double, boolean, StreamOrDevice...)}. */
    public static Array allclose(Array a, Array b, double rtol, double atol, boolean equalNan, StreamOrDevice... on) {
        return all(isclose(a, b, rtol, atol, equalNan, on), on);
    }

    /** {@link #allclose(Array, Array, double, double, boolean, StreamOrDevice...)} without equal NaNs. */
    public static Array allclose(Array a, Array b, double rtol, double atol, StreamOrDevice... on) {
        return allclose(a, b, rtol, atol, false, on);
    }

    /** {@link #allclose(Array, Array, double, double, StreamOrDevice...)} with {@code rtol} 1e-5 and {@code atol} 1e-8. */
    public static Array allclose(Array a, Array b, StreamOrDevice... on) {
        return allclose(a, b, RTOL, ATOL, on);
    }

    /**
     * Whether the shapes are the same and all elements are equal, after promotion to one dtype.
     *
     * @param equalNan whether two NaNs are equal
     */
    public static Array arrayEqual(Array a, Array b, boolean equalNan, StreamOrDevice... on) {
        DType dtype = Operands.promote("array_equal", "a", a, "b", b);
        if (!a.shape().equals(b.shape())) {
            return Array.scalar(false);
        }
        Array equal = equal(a, b, on);
        return all(equalNan && !dtype.isIntegral()
                ? equal.logicalOr(a.isnan(on).logicalAnd(b.isnan(on), on), on)
                : equal, on);
    }

    /** Whether the shapes are the same and all elements are equal; NaN equals nothing. */
    public static Array arrayEqual(Array a, Array b, StreamOrDevice... on) {
        return arrayEqual(a, b, false, on);
    }

    /**
     * Quotient, rounded down, and remainder, which has the sign of {@code b}: {@code q * b + r} is {@code a}. Integers divided by 0
     * give 0 and 0.
     *
     * @throws IllegalArgumentException if the arrays are complex, or their shapes do not broadcast
     */
    public static List<Array> divmod(Array a, Array b, StreamOrDevice... on) {
        DType dtype = Operands.promote("divmod", "a", a, "b", b);
        if (dtype == DType.COMPLEX64) {
            throw new IllegalArgumentException("[divmod] Complex type not supported: " + a.node().spec() + ", "
                    + b.node().spec() + ".");
        }
        Array quotient = floorDivide(a, b, on);
        Array remainder = remainder(a, b, on);
        if (dtype.isInteger()) {
            // floorDivide cuts integers off; below zero what is left of them is one less.
            Array below = less(a, 0, on).notEqual(less(b, 0, on), on).logicalAnd(notEqual(remainder, 0, on), on);
            quotient = quotient.subtract(below.astype(dtype, on), on);
        }
        return List.of(quotient, remainder);
    }

    /** Quotient and remainder; see {@link #divmod(Array, Array, StreamOrDevice...)}. */
    public static List<Array> divmod(Array a, Number b, StreamOrDevice... on) {
        return divmod(a, Operands.scalar("divmod", b, "a", a), on);
    }

    /**
     * The array with NaN and the infinities replaced; integers stay as they are.
     *
     * @param posinf instead of positive infinity; null means the largest number of the dtype
     * @param neginf instead of negative infinity; null means the smallest number of the dtype
     * @throws IllegalArgumentException if {@code a} is complex
     */
    public static Array nanToNum(Array a, Number nan, @Nullable Number posinf, @Nullable Number neginf,
            StreamOrDevice... on) {
        Operands.require("nan_to_num", "a", a);
        double largest = switch (a.dtype()) {
            case FLOAT16 -> 0x1.ffcp15;
            case BFLOAT16 -> 0x1.fep127;
            case FLOAT32 -> Float.MAX_VALUE;
            case FLOAT64 -> Double.MAX_VALUE;
            case COMPLEX64 -> throw new IllegalArgumentException(
                    "[nan_to_num] Does not yet support given type: " + a.node().spec() + ".");
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64 -> 0;
        };
        if (a.dtype().isIntegral()) {
            return a;
        }
        Array numbers = where(isnan(a, on), nan, a, on);
        Array bounded = where(isposinf(a, on), posinf == null ? largest : posinf, numbers, on);
        return where(isneginf(a, on), neginf == null ? -largest : neginf, bounded, on);
    }

    /** The array with NaN as 0 and the infinities as the largest and the smallest number of the dtype. */
    public static Array nanToNum(Array a, StreamOrDevice... on) {
        return nanToNum(a, 0, null, null, on);
    }
}
