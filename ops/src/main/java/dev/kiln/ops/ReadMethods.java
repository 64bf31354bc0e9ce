package dev.kiln.ops;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/**
 * Reads elements into Java. Every reader evaluates the array, waits for it, and throws what its computation failed with.
 * Elements come in row-major order whatever their layout in memory.
 */
sealed interface ReadMethods permits Array {

    private <T> T read(Function<Reading, T> reader) {
        return Reading.read((Array) this, reader);
    }

    /**
     * The elements, each as the nearest float: exact for float32, float16, bfloat16 and small integers.
     *
     * @throws IllegalArgumentException if this is complex or too large for a Java array
     */
    default float[] toFloatArray() {
        return read(Reading::floats);
    }

    /**
     * The elements, each as the nearest double: exact for all but 64-bit integers beyond 2^53.
     *
     * @throws IllegalArgumentException if this is complex or too large for a Java array
     */
    default double[] toDoubleArray() {
        return read(Reading::doubles);
    }

    /**
     * The elements of an integer or bool array; true is 1.
     *
     * @throws IllegalArgumentException if this is floating or complex, or too large for a Java array
     * @throws ArithmeticException if an element of a wider dtype does not fit
     */
    default int[] toIntArray() {
        return read(Reading::ints);
    }

    /**
     * The elements of an integer or bool array; true is 1. A uint64 above 2^63 - 1 comes out negative, with the same bits.
     *
     * @throws IllegalArgumentException if this is floating or complex, or too large for a Java array
     */
    default long[] toLongArray() {
        return read(Reading::longs);
    }

    /**
     * The elements of a bool array.
     *
     * @throws IllegalArgumentException if the dtype is another, or this is too large for a Java array
     */
    default boolean[] toBooleanArray() {
        return read(Reading::booleans);
    }

    /**
     * The only element, boxed: a {@code Boolean} for bool; an {@code Integer} for integers that always fit, else a
     * {@code Long} (with a uint64's bits); a {@code Double} for float64, else a {@code Float}.
     *
     * @throws IllegalArgumentException if there is not exactly one element, or it is complex
     */
    default Object item() {
        return read(Reading::item);
    }

    /** The only element as the nearest float; see {@link #toFloatArray}. */
    default float itemFloat() {
        return read(Reading::itemFloat);
    }

    /** The only element as the nearest double; see {@link #toDoubleArray}. */
    default double itemDouble() {
        return read(Reading::itemDouble);
    }

    /** The only element of an integer or bool array; see {@link #toIntArray}. */
    default int itemInt() {
        return read(Reading::itemInt);
    }

    /** The only element of an integer or bool array; see {@link #toLongArray}. */
    default long itemLong() {
        return read(Reading::itemLong);
    }

    /** The only element of a bool array. */
    default boolean itemBoolean() {
        return read(Reading::itemBoolean);
    }

    /**
     * The elements row-major without gaps, encoded as their dtype in native byte order; read-only. Without a copy if they lie
     * so. The segment keeps the memory alive.
     */
    default MemorySegment asMemorySegment() {
        return read(Reading::segment);
    }
}
