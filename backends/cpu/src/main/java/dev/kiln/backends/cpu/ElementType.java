package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;

/** The floating-point formats a matrix product reads and writes. */
public enum ElementType {
    F32(Float.BYTES), F64(Double.BYTES), F16(Short.BYTES), BF16(Short.BYTES);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** The format of a floating dtype. */
    public static ElementType of(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> F32;
            case FLOAT64 -> F64;
            case FLOAT16 -> F16;
            case BFLOAT16 -> BF16;
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, COMPLEX64 ->
                throw new IllegalArgumentException("[matmul] There is no kernel for " + dtype + ".");
        };
    }

    /** The size of one element in bytes. */
    public int bytes() {
        return bytes;
    }
}
