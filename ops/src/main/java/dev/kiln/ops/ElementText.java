package dev.kiln.ops;

import dev.kiln.graph.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Numbers as MLX prints them: integers in full, {@code True} and {@code False}, and floating point with six significant
 * digits in C's {@code %g}, so that 1.0 is {@code 1} and a millionth is {@code 1e-06}.
 */
final class ElementText {
    private static final int DIGITS = 6;
    private static final int SMALLEST_PLAIN_EXPONENT = -4;
    private static final MathContext ROUNDING = new MathContext(DIGITS, RoundingMode.HALF_EVEN);

    private ElementText() {}

    /**
     * The text of the element that starts at a byte of native-endian data, aligned or not.
     *
     * @throws IndexOutOfBoundsException if the element does not lie in {@code data}
     */
    static String at(MemorySegment data, DType dtype, long offset) {
        return switch (dtype) {
            case BOOL -> data.get(ValueLayout.JAVA_BYTE, offset) == 0 ? "False" : "True";
            case UINT8 -> Integer.toString(Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, offset)));
            case UINT16 -> Integer.toString(Short.toUnsignedInt(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset)));
            case UINT32 -> Integer.toUnsignedString(data.get(ValueLayout.JAVA_INT_UNALIGNED, offset));
            case UINT64 -> Long.toUnsignedString(data.get(ValueLayout.JAVA_LONG_UNALIGNED, offset));
            case INT8 -> Byte.toString(data.get(ValueLayout.JAVA_BYTE, offset));
            case INT16 -> Short.toString(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
            case INT32 -> Integer.toString(data.get(ValueLayout.JAVA_INT_UNALIGNED, offset));
            case INT64 -> Long.toString(data.get(ValueLayout.JAVA_LONG_UNALIGNED, offset));
            case FLOAT16 -> real(Float.float16ToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset)));
            case BFLOAT16 -> real(Float.intBitsToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset) << 16));
            case FLOAT32 -> real(data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset));
            case FLOAT64 -> real(data.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset));
            case COMPLEX64 -> complex(data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset),
                    data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset + Float.BYTES));
        };
    }

    static String real(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value > 0 ? "0" : "-0";
        }
        // From the exact binary value, since that is what C rounds.
        BigDecimal rounded = new BigDecimal(value).round(ROUNDING).stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= SMALLEST_PLAIN_EXPONENT && exponent < DIGITS) {
            return rounded.toPlainString();
        }
        String sign = exponent < 0 ? "-" : "+";
        String power = Integer.toString(Math.abs(exponent));
        return rounded.movePointLeft(exponent).toPlainString() + "e" + sign + (power.length() < 2 ? "0" : "") + power;
    }

    private static String complex(float real, float imaginary) {
        String tail = real(imaginary);
        return real(real) + (tail.startsWith("-") ? "" : "+") + tail + "j";
    }
}
