package dev.kiln.graph;

/**
 * Rounds to odd: what a narrower type cannot hold becomes the neighbour whose last bit is set. A second rounding, to a type that is
 * narrower still by two bits, then gives what one rounding would have given.
 */
public final class ToOdd {

    /** The bits of a long that a double does not hold. */
    private static final int BELOW_DOUBLE = 11;

    private ToOdd() {}

    /** {@code value}, or the odd one of the two floats around it. */
    public static float toFloat(double value) {
        float nearest = (float) value;
        int bits = Float.floatToRawIntBits(nearest);
        if (nearest == value || Double.isNaN(value) || (bits & 1) != 0) {
            return nearest;
        }
        return Float.intBitsToFloat(Math.abs((double) nearest) < Math.abs(value) ? bits + 1 : bits - 1);
    }

    /** {@code value}, or an odd number beside it with as many bits as floats need. */
    public static double toDouble(long value) {
        if ((long) (double) value == value && value != Long.MAX_VALUE) {
            return value;
        }
        long lost = value & (1 << BELOW_DOUBLE) - 1;
        return (value >> BELOW_DOUBLE | (lost == 0 ? 0 : 1)) * (double) (1 << BELOW_DOUBLE);
    }

    /** Half of an unsigned number. */
    public static long half(long value) {
        return value >>> 1 | (value & 1);
    }
}
