package dev.kiln.backends.cpu;

import dev.kiln.graph.OffHeap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Scalar access to off-heap memory by absolute address.
 *
 * <p>All accesses go through one constant segment over the whole address space: the compiler knows its base, size and
 * scope, so neither a bounds nor a liveness check is left in a loop. Keeping the memory alive is the caller's affair.
 *
 * <p>Before the loop a bounds check leaves some dozen instructions for each address, since the compiler has to show that none
 * of them overflows. It has nothing to show where {@link #ADDRESS} and its like tell how large a number can be.
 */
public final class Elements {

    /** The whole address space as one segment; an offset into it is an address. */
    public static final MemorySegment ALL = OffHeap.ALL;

    /** {@code address & ADDRESS} is the address; it is at least zero and so far below the end that an offset passes no bound. */
    public static final long ADDRESS = (1L << 62) - 1;

    /** {@code i & INDEX} is the number of a float in a row; times four it fits 32 bits, as part of a load or store. */
    public static final int INDEX = (1 << 29) - 1;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private Elements() {}

    /** The address of float {@code i} of a row, without a bounds check. A loop should end at {@code count & INDEX}. */
    public static long floatAt(long row, int i) {
        return (row & ADDRESS) + 4L * (i & INDEX);
    }

    public static float getFloat(long address) {
        return ALL.get(FLOAT, address);
    }

    public static void putFloat(long address, float value) {
        ALL.set(FLOAT, address, value);
    }

    public static double getDouble(long address) {
        return ALL.get(DOUBLE, address);
    }

    public static void putDouble(long address, double value) {
        ALL.set(DOUBLE, address, value);
    }

    /** Reads an IEEE half and widens it. */
    public static float getFloat16(long address) {
        return Float.float16ToFloat(ALL.get(SHORT, address));
    }

    /** Reads a bfloat16 and widens it. */
    public static float getBfloat16(long address) {
        return Float.intBitsToFloat(ALL.get(SHORT, address) << 16);
    }

    /** Rounds to the nearest IEEE half, ties to even, and writes it. */
    public static void putFloat16(long address, float value) {
        ALL.set(SHORT, address, Float.floatToFloat16(value));
    }

    /** Rounds to the nearest bfloat16, ties to even, and writes it. A NaN stays a (quiet) NaN. */
    public static void putBfloat16(long address, float value) {
        int bits = Float.floatToRawIntBits(value);
        // Adding 0x7fff, or 0x8000 before an odd result, carries into the kept half exactly when rounding goes up.
        int rounded = !Float.isNaN(value) ? (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16 : (bits >>> 16) | 0x40;
        ALL.set(SHORT, address, (short) rounded);
    }

    /** Reads an element of at most 32 bits. */
    public static float get(ElementType type, long address) {
        return switch (type) {
            case F32 -> getFloat(address);
            case F16 -> getFloat16(address);
            case BF16 -> getBfloat16(address);
            case F64 -> throw new IllegalArgumentException("a float64 element does not fit a float");
        };
    }

    /** Writes an element of at most 32 bits, rounding to nearest even. */
    public static void put(ElementType type, long address, float value) {
        switch (type) {
            case F32 -> putFloat(address, value);
            case F16 -> putFloat16(address, value);
            case BF16 -> putBfloat16(address, value);
            case F64 -> throw new IllegalArgumentException("a float element does not fill a float64");
        }
    }
}
