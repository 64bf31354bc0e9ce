package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.OffHeap;

/**
 * Reads the indices that a kernel is given. They come from the program's data, so each is checked before it becomes an
 * address.
 *
 * @param op the operation, for the error
 * @param dtype of the indices
 * @param axis that they index, for the error
 * @param length of that axis
 */
record Indices(String op, DType dtype, int axis, long length) {

    /**
     * The index at {@code address}, from 0.
     *
     * @throws IndexOutOfBoundsException if the axis has no such element
     */
    long at(long address) {
        long raw = switch (dtype) {
            case INT8 -> OffHeap.ALL.get(Unaligned.BYTE, address);
            case UINT8, BOOL -> OffHeap.ALL.get(Unaligned.BYTE, address) & 0xff;
            case INT16 -> OffHeap.ALL.get(Unaligned.SHORT, address);
            case UINT16 -> OffHeap.ALL.get(Unaligned.SHORT, address) & 0xffff;
            case INT32 -> OffHeap.ALL.get(Unaligned.INT, address);
            case UINT32 -> OffHeap.ALL.get(Unaligned.INT, address) & 0xffffffffL;
            case INT64, UINT64 -> OffHeap.ALL.get(Unaligned.LONG, address);
            case FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64 -> throw new IllegalStateException(
                    "Indices of " + dtype);
        };
        boolean wrap = raw < 0 && dtype != DType.UINT64;
        long index = wrap ? raw + length : raw;
        if (index < 0 || index >= length) {
            throw new IndexOutOfBoundsException("[" + op + "] Index "
                    + (dtype == DType.UINT64 ? Long.toUnsignedString(raw) : Long.toString(raw))
                    + " is out of bounds for axis " + axis + " with size " + length + ".");
        }
        return index;
    }
}
