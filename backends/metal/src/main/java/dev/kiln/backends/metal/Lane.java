package dev.kiln.backends.metal;

import dev.kiln.graph.DType;

/** The types that kernels compute with; narrower ones are widened when they are read, and rounded or wrapped after each step. */
enum Lane {
    BOOL("bool"), INT("int"), UINT("uint"), LONG("long"), ULONG("ulong"), FLOAT("float"), COMPLEX("float2");

    private final String text;

    Lane(String text) {
        this.text = text;
    }

    /** The lane of values of a dtype that Metal has. */
    static Lane of(DType dtype) {
        return switch (dtype) {
            case BOOL -> BOOL;
            case INT8, INT16, INT32 -> INT;
            case UINT8, UINT16, UINT32 -> UINT;
            case INT64 -> LONG;
            case UINT64 -> ULONG;
            case FLOAT16, BFLOAT16, FLOAT32 -> FLOAT;
            case COMPLEX64 -> COMPLEX;
            case FLOAT64 -> throw new IllegalArgumentException("Metal has no float64.");
        };
    }

    /** Whether values are integers or truth values. */
    boolean isIntegral() {
        return compareTo(FLOAT) < 0;
    }

    /** How the type of a dtype's elements in memory is called in a kernel. */
    static String memory(DType dtype) {
        return switch (dtype) {
            case BOOL -> "bool";
            case INT8 -> "char";
            case INT16 -> "short";
            case INT32 -> "int";
            case INT64 -> "long";
            case UINT8 -> "uchar";
            case UINT16 -> "ushort";
            case UINT32 -> "uint";
            case UINT64 -> "ulong";
            case FLOAT16 -> "half";
            case BFLOAT16 -> "bf16";
            case FLOAT32 -> "float";
            case COMPLEX64 -> "float2";
            case FLOAT64 -> throw new IllegalArgumentException("Metal has no float64.");
        };
    }

    /** {@code code} of this dtype's lane as it would be read back from memory. */
    static String rounded(DType dtype, String code) {
        return switch (dtype) {
            case BOOL, INT32, INT64, UINT32, UINT64, FLOAT32, COMPLEX64 -> code;
            case INT8, INT16, UINT8, UINT16, FLOAT16, BFLOAT16, FLOAT64 -> "as_" + dtype + "(" + code + ")";
        };
    }

    /** {@code code} of the lane of {@code from} as a value of {@code to}. */
    static String cast(String code, DType to) {
        String lane = of(to) == COMPLEX ? "complex" : of(to).text;
        return rounded(to, "to_" + lane + "(" + code + ")");
    }

    /** The type's name in a kernel. */
    @Override
    public String toString() {
        return text;
    }
}
