package dev.kiln.ops;

import java.lang.foreign.MemorySegment;

/**
 * Reads elements into Java. Every reader evaluates the array, waits for it, and throws what its computation failed with.
 * Elements come in row-major order whatever their layout in memory.
 */
sealed interface ReadMethods permits Array {

    private Reading reading() {
        return Reading.of((Array) this);
    }

    /**
     * The elements, each as the nearest float: exact for float32, float16, bfloat16 and small integers.
     *
     * @throws IllegalArgumentException if this is complex or too large for a Java array
     */
    default float[] toFloatArray() {
        return reading().floats();
    }

    /**
     * The elements, each as the nearest double: exact for all but 64-bit integers beyond 2^53.
     *
     * @throws IllegalArgumentException if this is complex or too large for a Java array
     */
    default double[] toDoubleArray() {
        return reading().doubles();
    }

    /**
     * The elements of an integer or bool array; true is 1.
     *
     * @throws IllegalArgumentException if this is floating or complex, or too large for a Java array
     * @throws ArithmeticException if an element of a wider dtype does not fit
     */
    default int[] toIntArray() {
        return reading().ints();
    }

    /**
     * The elements of an integer or bool array; true is 1. A uint64 above 2^63 - 1 comes out negative, with the same bits.
     *
     * @throws IllegalArgumentException if this is floating or complex, or too large for a Java array
     */
    default long[] toLongArray() {
        return reading().longs();
    }

    /**
     * The elements of a bool array.
     *
     * @throws IllegalArgumentException if the dtype is another, or this is too large for a Java array
     */
    default boolean[] toBooleanArray() {
        return reading().booleans();
    }

    /**
     * The only element, boxed: a {@code Boolean} for bool; an {@code Integer} for integers that always fit, else a
     * {@code Long} (with a uint64's bits); a {@code Double} for float64, else a {@code Float}.
     *
     * @throws IllegalArgumentException if there is not exactly one element, or it is complex
     */
    default Object item() {
        return reading().item();
    }

    /** The only element as the nearest float; see {@link #toFloatArray}. */
    default float itemFloat() {
        return (float) reading().itemDouble();
    }

    /** The only element as the nearest double; see {@link #toDoubleArray}. */
    default double itemDouble() {
        return reading().itemDouble();
    }

    /** The only element of an integer or bool array; see {@link #toIntArray}. */
    default int itemInt() {
        return reading().itemInt();
    }

    /** The only element of an integer or bool array; see {@link #toLongArray}. */
    default long itemLong() {
        return reading().itemLong();
    }

    /** The only element of a bool array. */
    default boolean itemBoolean() {
        return reading().itemBoolean();
    }

    /**
     * The elements row-major without gaps, encoded as their dtype in native byte order; read-only. Without a copy if they lie
     * so. The segment keeps the memory alive.
     */
    default MemorySegment asMemorySegment() {
        return reading().segment();
    }
}
