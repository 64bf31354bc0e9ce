package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Node;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Storage;
import dev.kiln.streams.Stream;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * An n-dimensional array of numbers: immutable, and lazy.
 *
 * <p>
 * An operation on arrays returns at once an array whose shape and dtype are known and whose elements are not computed. They
 * are when somebody asks: {@link #eval}, a reader such as {@link #toFloatArray} or {@link #item}, or {@link #toString}.
 * Reading evaluates, waits, and throws what the computation failed with, each time. Arrays can be used from any thread.
 * Memory is freed some time after an array was dropped; nothing has to be closed.
 */
public final class Array
        implements
            UnaryMethods,
            BinaryMethods,
            ReductionMethods,
            SelectionMethods,
            ShapeMethods,
            IndexMethods,
            ReadMethods {

    private final Node node;

    Array(Node node) {
        this.node = node;
    }

    Node node() {
        return node;
    }

    /** A float32 vector. */
    public static Array of(float... values) {
        return JavaData.copy(values);
    }

    /** A float64 vector. */
    public static Array of(double... values) {
        return JavaData.copy(values);
    }

    /** An int32 vector. */
    public static Array of(int... values) {
        return JavaData.copy(values);
    }

    /** An int64 vector. */
    public static Array of(long... values) {
        return JavaData.copy(values);
    }

    /** A bool vector. */
    public static Array of(boolean... values) {
        return JavaData.copy(values);
    }

    /**
     * An array without axes, typed as MLX types a bare number: int32 for a whole one (int64 for a {@code Long}, an
     * {@code AtomicLong} or a {@code BigInteger}), float32 for a fraction.
     */
    public static Array scalar(Number value) {
        Operands.require("array", "value", value);
        return Operands.scalar(value, Numbers.isWhole(value) && !Numbers.isShort(value) ? DType.INT64 : DType.BOOL);
    }

    /** An array without axes, of a given dtype; a fraction is rounded to a floating one and cut off for an integer one. */
    public static Array scalar(Number value, DType dtype) {
        Operands.require("array", "value", value);
        Operands.require("array", "dtype", dtype);
        return Operands.constant(dtype, Numbers.as(dtype, value));
    }

    /** A bool array without axes. */
    public static Array scalar(boolean value) {
        return Operands.constant(DType.BOOL, Storage.Scalar.of(DType.BOOL, value ? 1L : 0L));
    }

    /**
     * A copy of a Java array, nested or not, with the dtype of its elements: {@code float} gives float32, {@code double}
     * float64, {@code byte}, {@code short}, {@code int} and {@code long} int8 to int64, {@code boolean} bool. A
     * {@code float[2][3]} gives shape (2,3).
     *
     * @throws IllegalArgumentException if {@code data} is something else, or its rows differ in length
     */
    public static Array copyOf(Object data) {
        return JavaData.copy(data);
    }

    /**
     * A copy of a Java array, nested or not, with every element converted to {@code dtype}.
     *
     * @throws IllegalArgumentException if {@code data} is something else, or its rows differ in length
     */
    public static Array copyOf(Object data, DType dtype) {
        return JavaData.copy(data, dtype);
    }

    /**
     * A float32 array of row-major elements, copied.
     *
     * @throws IllegalArgumentException if {@code shape} has another number of elements
     */
    public static Array copyOf(float[] data, Shape shape) {
        return JavaData.copy(data, shape);
    }

    /** A float64 array of row-major elements, copied; see {@link #copyOf(float[], Shape)}. */
    public static Array copyOf(double[] data, Shape shape) {
        return JavaData.copy(data, shape);
    }

    /** An int32 array of row-major elements, copied; see {@link #copyOf(float[], Shape)}. */
    public static Array copyOf(int[] data, Shape shape) {
        return JavaData.copy(data, shape);
    }

    /** An int64 array of row-major elements, copied; see {@link #copyOf(float[], Shape)}. */
    public static Array copyOf(long[] data, Shape shape) {
        return JavaData.copy(data, shape);
    }

    /** A bool array of row-major elements, copied; see {@link #copyOf(float[], Shape)}. */
    public static Array copyOf(boolean[] data, Shape shape) {
        return JavaData.copy(data, shape);
    }

    /**
     * An array of row-major elements in native byte order, copied. Any segment will do, so any encoding as well: bfloat16 from
     * {@code MemorySegment.ofArray(short[])}, for example.
     *
     * @throws IllegalArgumentException if the segment has another size than such an array
     */
    public static Array copyOf(MemorySegment data, DType dtype, Shape shape) {
        return MemoryData.copy(data, dtype, shape);
    }

    /**
     * An array of the row-major elements between a buffer's position and its limit, copied. The buffer's type gives the
     * dtype, as in {@link #copyOf(Object)}; its byte order is heeded.
     *
     * @throws IllegalArgumentException if {@code shape} has another number of elements
     */
    public static Array copyOf(java.nio.Buffer data, Shape shape) {
        return MemoryData.copy(data, shape);
    }

    /**
     * An array over off-heap memory, without a copy: row-major elements in native byte order. Nobody may change the memory
     * afterwards, and its arena may only be closed when no array and no computation needs it; an automatic or the global arena
     * takes care of itself.
     *
     * @throws IllegalArgumentException if the segment is on the Java heap, of another size, or not aligned to its elements
     * @throws IllegalStateException if its arena is closed
     */
    public static Array wrap(MemorySegment data, DType dtype, Shape shape) {
        return MemoryData.wrap(data, dtype, shape);
    }

    /**
     * An array over what lies between the position and the limit of a direct buffer, without a copy. The buffer's type gives
     * the dtype. Nobody may change the memory afterwards.
     *
     * @throws IllegalArgumentException if the buffer is on the Java heap, not in native byte order, of another size, or not
     *     aligned to its elements
     */
    public static Array wrap(java.nio.Buffer data, Shape shape) {
        return MemoryData.wrap(data, shape);
    }

    /** The lengths of the axes. */
    public Shape shape() {
        return node.shape();
    }

    /** The type of the elements. */
    public DType dtype() {
        return node.dtype();
    }

    /** The number of axes. */
    public int ndim() {
        return shape().rank();
    }

    /** The number of elements. */
    public long size() {
        return shape().size();
    }

    /** Bytes that the elements take when they lie next to each other. */
    public long nbytes() {
        return node.spec().bytes();
    }

    /** The length of an axis; negative axes count from the end. */
    public long dim(int axis) {
        return shape().dim(shape().axis("dim", axis));
    }

    /** The stream that computes, or has computed, this array. */
    public Stream stream() {
        return node.stream();
    }

    /** Whether the elements are there, so that reading does not compute or wait. */
    public boolean isEvaluated() {
        return node.isReady();
    }

    /**
     * Allows the next evaluation of something that reads this to make a result of the same size in its memory, if nothing else
     * is computed from it afterwards and nobody else uses that memory; and returns this. Updates of a slice, and elementwise
     * operations, are then done in place. Once that has happened, reading this throws.
     */
    public Array donate() {
        node.donate();
        return this;
    }

    /** Computes the elements if they are not there, and returns this. */
    public Array eval() {
        Evaluator.eval(List.of(node));
        return this;
    }

    /** The elements' text like NumPy's, shortened in the middle if there are many. Evaluates. */
    @Override
    public String toString() {
        return Reading.read(this, Reading::text);
    }
}
