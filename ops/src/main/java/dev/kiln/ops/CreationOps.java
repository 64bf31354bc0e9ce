package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Storage;
import dev.kiln.streams.Stream;
import dev.kiln.streams.StreamOrDevice;

/**
 * Functions that make arrays. The dtype is float32 unless it is given or taken from an argument. Constant arrays are one
 * number seen in all places: they take no memory of their own.
 */
abstract class CreationOps extends SelectionOps {

    CreationOps() {}

    /** A copy of a Java array, nested or not; see {@link Array#copyOf(Object)}. */
    public static Array array(Object data) {
        return Array.copyOf(data);
    }

    /** A copy of a Java array, nested or not, with every element converted; see {@link Array#copyOf(Object, DType)}. */
    public static Array array(Object data, DType dtype) {
        return Array.copyOf(data, dtype);
    }

    /** A number without axes; see {@link Array#scalar(Number)}. */
    public static Array array(Number value) {
        return Array.scalar(value);
    }

    /** A number without axes; see {@link Array#scalar(Number, DType)}. */
    public static Array array(Number value, DType dtype) {
        return Array.scalar(value, dtype);
    }

    /**
     * {@code value}, which must broadcast to {@code shape}, in all places.
     *
     * @throws IllegalArgumentException if the shape of {@code value} does not broadcast to {@code shape}
     */
    public static Array full(Shape shape, Array value, DType dtype, StreamOrDevice... on) {
        Operands.require("full", "shape", shape);
        Operands.require("full", "value", value);
        Operands.require("full", "dtype", dtype);
        return Ops.broadcastTo(value.astype(dtype, on), shape, on);
    }

    /** {@code value} in all places, with its dtype; see {@link #full(Shape, Array, DType, StreamOrDevice...)}. */
    public static Array full(Shape shape, Array value, StreamOrDevice... on) {
        return full(shape, value, Operands.require("full", "value", value).dtype(), on);
    }

    /** A number in all places. */
    public static Array full(Shape shape, Number value, DType dtype, StreamOrDevice... on) {
        return full(shape, Array.scalar(value, dtype), on);
    }

    /** A number in all places, typed as {@link Array#scalar(Number)} does. */
    public static Array full(Shape shape, Number value, StreamOrDevice... on) {
        return full(shape, Array.scalar(value), on);
    }

    /** A number in all places of an array like {@code a}. */
    public static Array fullLike(Array a, Number value, StreamOrDevice... on) {
        Operands.require("full_like", "a", a);
        return full(a.shape(), value, a.dtype(), on);
    }

    /** Zeros. */
    public static Array zeros(Shape shape, DType dtype, StreamOrDevice... on) {
        return constant(shape, dtype, 0, on);
    }

    /** float32 zeros. */
    public static Array zeros(Shape shape, StreamOrDevice... on) {
        return zeros(shape, DType.FLOAT32, on);
    }

    /** Zeros of the shape and dtype of {@code a}. */
    public static Array zerosLike(Array a, StreamOrDevice... on) {
        Operands.require("zeros_like", "a", a);
        return zeros(a.shape(), a.dtype(), on);
    }

    /** Ones. */
    public static Array ones(Shape shape, DType dtype, StreamOrDevice... on) {
        return constant(shape, dtype, 1, on);
    }

    /** float32 ones. */
    public static Array ones(Shape shape, StreamOrDevice... on) {
        return ones(shape, DType.FLOAT32, on);
    }

    /** Ones of the shape and dtype of {@code a}. */
    public static Array onesLike(Array a, StreamOrDevice... on) {
        Operands.require("ones_like", "a", a);
        return ones(a.shape(), a.dtype(), on);
    }

    private static Array constant(Shape shape, DType dtype, long value, StreamOrDevice... on) {
        return full(shape, Operands.constant(dtype, Storage.Scalar.of(dtype, value)), on);
    }

    /**
     * The numbers {@code start + i * step} before {@code stop}. Integers are exact; floats are computed in float32 or float64
     * from {@code i}, so that errors do not add up. With fractions and an integer dtype the step is, as in MLX,
     * {@code (dtype) (start + step) - (dtype) start}.
     *
     * @throws IllegalArgumentException if the step is 0, the dtype is bool, or the length cannot be told
     */
    public static Array arange(Number start, Number stop, Number step, DType dtype, StreamOrDevice... on) {
        return Ranges.arange(start, stop, step, dtype, StreamOrDevice.resolve(on));
    }

    /**
     * The numbers {@code start + i * step} before {@code stop}: float32 if one of the three is a fraction, else int64 if one is
     * a {@code Long}, else int32; see {@link #arange(Number, Number, Number, DType, StreamOrDevice...)}.
     */
    public static Array arange(Number start, Number stop, Number step, StreamOrDevice... on) {
        return arange(start, stop, step, Ranges.dtype(start, stop, step), on);
    }

    /** The numbers {@code start + i} before {@code stop}. */
    public static Array arange(Number start, Number stop, DType dtype, StreamOrDevice... on) {
        return arange(start, stop, 1, dtype, on);
    }

    /** The numbers {@code start + i} before {@code stop}; see {@link #arange(Number, Number, Number, StreamOrDevice...)}. */
    public static Array arange(Number start, Number stop, StreamOrDevice... on) {
        return arange(start, stop, 1, on);
    }

    /** The whole numbers from 0 before {@code stop}. */
    public static Array arange(Number stop, DType dtype, StreamOrDevice... on) {
        return arange(0, stop, 1, dtype, on);
    }

    /** The whole numbers from 0 before {@code stop}; see {@link #arange(Number, Number, Number, StreamOrDevice...)}. */
    public static Array arange(Number stop, StreamOrDevice... on) {
        return arange(0, stop, 1, on);
    }

    /**
     * {@code num} evenly spaced numbers from {@code start} to {@code stop}, both included.
     *
     * @throws IllegalArgumentException if {@code num} is negative
     */
    public static Array linspace(Number start, Number stop, int num, DType dtype, StreamOrDevice... on) {
        return Ranges.linspace(start, stop, num, dtype, StreamOrDevice.resolve(on));
    }

    /** {@code num} evenly spaced float32 numbers from {@code start} to {@code stop}, both included. */
    public static Array linspace(Number start, Number stop, int num, StreamOrDevice... on) {
        return linspace(start, stop, num, DType.FLOAT32, on);
    }

    /** 50 evenly spaced float32 numbers from {@code start} to {@code stop}, both included. */
    public static Array linspace(Number start, Number stop, StreamOrDevice... on) {
        return linspace(start, stop, 50, on);
    }

    /**
     * A matrix of {@code n} rows and {@code m} columns with ones where column minus row is {@code k}, and zeros elsewhere.
     *
     * @throws IllegalArgumentException if {@code n} or {@code m} is negative
     */
    public static Array eye(int n, int m, int k, DType dtype, StreamOrDevice... on) {
        requireLengths("eye", n, m);
        return compare(BinaryOp.EQUAL, n, m, k, on).astype(dtype, on);
    }

    /** A square float32 matrix with ones on its diagonal and zeros elsewhere. */
    public static Array eye(int n, StreamOrDevice... on) {
        return eye(n, n, 0, DType.FLOAT32, on);
    }

    /** A square matrix with ones on its diagonal and zeros elsewhere. */
    public static Array identity(int n, DType dtype, StreamOrDevice... on) {
        return eye(n, n, 0, dtype, on);
    }

    /** A square float32 matrix with ones on its diagonal and zeros elsewhere. */
    public static Array identity(int n, StreamOrDevice... on) {
        return identity(n, DType.FLOAT32, on);
    }

    /**
     * A matrix of {@code n} rows and {@code m} columns with ones where column minus row is at most {@code k}, and zeros
     * elsewhere.
     *
     * @throws IllegalArgumentException if {@code n} or {@code m} is negative
     */
    public static Array tri(int n, int m, int k, DType dtype, StreamOrDevice... on) {
        requireLengths("tri", n, m);
        return compare(BinaryOp.GREATER_EQUAL, n, m, k, on).astype(dtype, on);
    }

    private static void requireLengths(String op, int n, int m) {
        if (n < 0 || m < 0) {
            throw new IllegalArgumentException(
                    "[" + op + "] N and M must be positive integers, but got " + n + " and " + m + ".");
        }
    }

    /** A square float32 matrix with ones on and below its diagonal and zeros above. */
    public static Array tri(int n, StreamOrDevice... on) {
        return tri(n, n, 0, DType.FLOAT32, on);
    }

    /**
     * The matrices in the last two axes with zeros where column minus row exceeds {@code k}.
     *
     * @throws IllegalArgumentException if {@code a} has less than two axes
     */
    public static Array tril(Array a, int k, StreamOrDevice... on) {
        return where(triangle("tril", a, k, on), a, zerosLike(a, on), on);
    }

    /** The matrices in the last two axes with zeros above the diagonal. */
    public static Array tril(Array a, StreamOrDevice... on) {
        return tril(a, 0, on);
    }

    /**
     * The matrices in the last two axes with zeros where column minus row is less than {@code k}.
     *
     * @throws IllegalArgumentException if {@code a} has less than two axes
     */
    public static Array triu(Array a, int k, StreamOrDevice... on) {
        return where(triangle("triu", a, k - 1L, on), zerosLike(a, on), a, on);
    }

    /** The matrices in the last two axes with zeros below the diagonal. */
    public static Array triu(Array a, StreamOrDevice... on) {
        return triu(a, 0, on);
    }

    private static Array triangle(String op, Array a, long k, StreamOrDevice... on) {
        if (Operands.require(op, "a", a).ndim() < 2) {
            throw new IllegalArgumentException(
                    "[" + op + "] array must be at least 2-D, but has shape " + a.shape() + ".");
        }
        return compare(BinaryOp.GREATER_EQUAL, a.dim(-2), a.dim(-1), k, on);
    }

    /** Compares {@code row + k} with {@code column} in each place of an n by m matrix. */
    private static Array compare(BinaryOp op, long n, long m, long k, StreamOrDevice... on) {
        Stream stream = StreamOrDevice.resolve(on);
        Array rows = new Array(Operands.reshape(arange(k, n + k, DType.INT64, stream).node(), Shape.shape(n, 1),
                stream));
        Array columns = arange(m, DType.INT64, stream);
        return Operands.binary(op, rows, columns, DType.INT64, stream);
    }
}
