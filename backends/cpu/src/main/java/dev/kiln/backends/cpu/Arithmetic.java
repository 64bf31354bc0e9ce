package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;

/** The rules an operation follows. Narrow integers fit a signed {@code long}, so that only uint64 needs its own. */
public enum Arithmetic {
    /** float16, bfloat16, float32. */
    F32,
    /** float64. */
    F64,
    /** Every integer type but uint64. */
    INTEGER,
    /** uint64. */
    UNSIGNED,
    /** bool. */
    TRUTH,
    /** complex64. */
    COMPLEX;

    /** The rules for values of {@code type}. */
    public static Arithmetic of(DType type) {
        return switch (type) {
            case BOOL -> TRUTH;
            case UINT64 -> UNSIGNED;
            case UINT8, UINT16, UINT32, INT8, INT16, INT32, INT64 -> INTEGER;
            case FLOAT16, BFLOAT16, FLOAT32 -> F32;
            case FLOAT64 -> F64;
            case COMPLEX64 -> COMPLEX;
        };
    }
}
