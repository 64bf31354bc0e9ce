package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Storage;
import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What Java's numbers are: whole or fractions, and which elements they make. */
final class Numbers {

    private Numbers() {}

    /** Whether the type of {@code number} has whole numbers only. */
    static boolean isWhole(Number number) {
        return isShort(number) || number instanceof Long || number instanceof AtomicLong
                || number instanceof BigInteger;
    }

    /** Whether it is whole and cannot exceed an {@code int}. */
    static boolean isShort(Number number) {
        return number instanceof Integer || number instanceof Short || number instanceof Byte
                || number instanceof AtomicInteger;
    }

    /** Whether it is whole and a {@code long} holds it. */
    static boolean isLong(Number number) {
        return number instanceof BigInteger big ? big.bitLength() < Long.SIZE : isWhole(number);
    }

    /** {@code number} as an element of {@code dtype}, rounded once or truncated as a cast would. */
    static Storage.Scalar as(DType dtype, Number number) {
        if (isLong(number)) {
            return Storage.Scalar.of(dtype, number.longValue());
        } else if (dtype == DType.UINT64 && number instanceof BigInteger big && big.signum() > 0
                && big.bitLength() == Long.SIZE) {
            return new Storage.Scalar(big.longValue());
        }
        // Of a long fraction, too, floats are one rounding away.
        return Storage.Scalar.of(dtype, dtype == DType.FLOAT32 ? number.floatValue() : number.doubleValue());
    }
}
