package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.OffHeap;
import dev.kiln.graph.Storage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A single element in memory, aligned or not. Whoever calls keeps the memory alive. */
final class Element {

    private static final MemorySegment ALL = OffHeap.ALL;

    private Element() {}

    /** The element at an address as its dtype encodes it, in the low bytes. */
    static long bits(DType dtype, long address) {
        return switch (dtype.size()) {
            case Byte.BYTES -> ALL.get(ValueLayout.JAVA_BYTE, address);
            case Short.BYTES -> ALL.get(ValueLayout.JAVA_SHORT_UNALIGNED, address);
            case Integer.BYTES -> ALL.get(ValueLayout.JAVA_INT_UNALIGNED, address);
            default -> ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, address);
        };
    }

    /** Puts an element at an address. */
    static void put(DType dtype, long address, long bits) {
        switch (dtype.size()) {
            case Byte.BYTES -> ALL.set(ValueLayout.JAVA_BYTE, address, (byte) bits);
            case Short.BYTES -> ALL.set(ValueLayout.JAVA_SHORT_UNALIGNED, address, (short) bits);
            case Integer.BYTES -> ALL.set(ValueLayout.JAVA_INT_UNALIGNED, address, (int) bits);
            default -> ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, address, bits);
        }
    }

    /** The element at an address, as near as a double comes; the real part of a complex one. */
    static double toDouble(DType dtype, long address) {
        return new Storage.Scalar(bits(dtype, address)).value(dtype);
    }

    /** The element at an address as the nearest float; the real part of a complex one. */
    static float toFloat(DType dtype, long address) {
        return new Storage.Scalar(bits(dtype, address)).floatValue(dtype);
    }

    /** The bool or integer at an address; a uint64 keeps its bits, so one above 2^63 - 1 comes out negative. */
    static long toLong(DType dtype, long address) {
        long bits = bits(dtype, address);
        return switch (dtype) {
            case UINT8 -> bits & 0xff;
            case UINT16 -> bits & 0xffff;
            case UINT32 -> bits & 0xffffffffL;
            case BOOL, UINT64, INT8, INT16, INT32, INT64 -> bits;
            case FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64 ->
                throw new IllegalArgumentException(dtype + " is not an integer type.");
        };
    }
}
