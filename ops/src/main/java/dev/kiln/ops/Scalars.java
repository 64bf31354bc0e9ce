package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Storage;

/** Makes scalars of a dtype. */
record Scalars(DType dtype) {

    /** The imaginary unit, of complex64. */
    static Array i() {
        return Operands.constant(DType.COMPLEX64, new Storage.Scalar((long) Float.floatToRawIntBits(1f) << Float.SIZE));
    }

    /** {@code value} as an element of the dtype. */
    Array of(double value) {
        return Operands.constant(dtype, Storage.Scalar.of(dtype, value));
    }

    /** {@code value} as near as the dtype comes. */
    double rounded(double value) {
        return Storage.Scalar.of(dtype, value).value(dtype);
    }
}
