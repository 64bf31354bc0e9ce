package dev.kiln.backends.cpu;

/**
 * A matrix in off-heap memory.
 *
 * @param address   the address of element (0, 0)
 * @param rowStride elements from one row to the next; negative and zero (broadcast) strides are allowed
 * @param colStride elements from one column to the next; likewise
 * @param type      the format of the elements
 */
public record MatrixOperand(long address, long rowStride, long colStride, ElementType type) {

    /** The address of element ({@code row}, {@code col}). */
    public long at(long row, long col) {
        return address + (row * rowStride + col * colStride) * type.bytes();
    }

    /** The part of the matrix that begins at element ({@code row}, {@code col}). */
    public MatrixOperand from(long row, long col) {
        return new MatrixOperand(at(row, col), rowStride, colStride, type);
    }

    /** The bytes from one row to the next. */
    public long rowBytes() {
        return rowStride * type.bytes();
    }

    /** The bytes from one column to the next. */
    public long colBytes() {
        return colStride * type.bytes();
    }

    /** The same memory with rows and columns exchanged. */
    public MatrixOperand transposed() {
        return new MatrixOperand(address, colStride, rowStride, type);
    }
}
