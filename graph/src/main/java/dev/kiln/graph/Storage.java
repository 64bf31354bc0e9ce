package dev.kiln.graph;

/** Where the value of a computed node is. */
public sealed interface Storage {

    /** Keeps the value until {@link #drop}; false if it was released before. */
    default boolean hold() {
        return true;
    }

    /** Ends one {@link #hold}. */
    default void drop() {}

    /** In memory. */
    record Held(Buffer buffer, Layout layout) implements Storage {
        @Override
        public boolean hold() {
            return buffer.hold();
        }

        @Override
        public void drop() {
            buffer.drop();
        }
    }

    /**
     * A number that needs no memory until a kernel reads it: an input of plans, never part of one.
     *
     * @param bits the element, encoded as its dtype is in memory, in the low bytes
     */
    record Scalar(long bits) implements Storage {

        /** {@code value} as an element of {@code dtype}, rounded once or truncated as a cast would. */
        public static Scalar of(DType dtype, double value) {
            return new Scalar(switch (dtype) {
                case FLOAT64 -> Double.doubleToRawLongBits(value);
                case FLOAT32, COMPLEX64 -> Float.floatToRawIntBits((float) value) & 0xffffffffL;
                case FLOAT16 -> Float.floatToFloat16(ToOdd.toFloat(value)) & 0xffffL;
                case BFLOAT16 -> bfloat16(ToOdd.toFloat(value));
                case BOOL -> value != 0 ? 1 : 0;
                case UINT64 -> value >= 0x1p63 ? (long) (value - 0x1p63) ^ Long.MIN_VALUE : (long) value;
                case UINT8, UINT16, UINT32, INT8, INT16, INT32, INT64 -> (long) value;
            });
        }

        /** {@code value} as an element of {@code dtype}, rounded once; integers keep all their bits. */
        public static Scalar of(DType dtype, long value) {
            if (dtype.isInteger()) {
                return new Scalar(value);
            }
            return of(dtype, dtype == DType.FLOAT64 ? value : ToOdd.toDouble(value));
        }

        /** The number, as near as a double comes; the real part of a complex one. */
        public double value(DType dtype) {
            return switch (dtype) {
                case FLOAT64 -> Double.longBitsToDouble(bits);
                case FLOAT32, COMPLEX64 -> Float.intBitsToFloat((int) bits);
                case FLOAT16 -> Float.float16ToFloat((short) bits);
                case BFLOAT16 -> Float.intBitsToFloat((int) bits << 16);
                case BOOL -> bits;
                case UINT8 -> bits & 0xff;
                case UINT16 -> bits & 0xffff;
                case UINT32 -> bits & 0xffffffffL;
                case UINT64 -> bits >= 0 ? bits : ToOdd.half(bits) * 2.0;
                case INT8 -> (byte) bits;
                case INT16 -> (short) bits;
                case INT32 -> (int) bits;
                case INT64 -> bits;
            };
        }

        /** The number, as near as a float comes; the real part of a complex one. */
        public float floatValue(DType dtype) {
            return switch (dtype) {
                case INT64 -> bits;
                case UINT64 -> bits >= 0 ? bits : ToOdd.half(bits) * 2f;
                default -> (float) value(dtype);
            };
        }

        private static long bfloat16(float value) {
            int raw = Float.floatToRawIntBits(value);
            return Float.isNaN(value) ? 0x7fc0 : (raw + 0x7fff + (raw >>> 16 & 1)) >>> 16;
        }
    }
}
