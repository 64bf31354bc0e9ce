package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import java.util.Arrays;

/** Compares arrays with references and with each other. */
final class Expect {

    private Expect() {}

    /**
     * Requires the reference's shape, and its elements: exactly for integers and bool (wrapped to the dtype), else within
     * {@code slack} times a few roundings of the dtype, relative or, around zero, absolute.
     */
    static void close(String what, Values expected, Array actual, double slack) {
        assertEquals(expected.shape(), actual.shape(), what);
        double[] got = actual.toDoubleArray();
        for (int i = 0; i < got.length; i++) {
            double wanted = actual.dtype().isIntegral()
                    ? wrapped(expected.elements()[i], actual.dtype())
                    : expected.elements()[i];
            if (!close(wanted, got[i], slack * tolerance(actual.dtype()))) {
                throw new AssertionError(
                        "%s: element %d is %s, expected %s\n  got      %s\n  expected %s".formatted(what,
                                i, got[i], wanted, text(got), text(expected.elements())));
            }
        }
    }

    private static String text(double[] elements) {
        return Arrays.toString(Arrays.copyOf(elements, Math.min(elements.length, 40)));
    }

    /** Requires the same dtype, shape and bits, but that any NaN is like another. */
    static void identical(String what, Array expected, Array actual) {
        assertEquals(expected.node().spec(), actual.node().spec(), what);
        boolean same = expected.dtype().isIntegral()
                ? Arrays.equals(expected.toLongArray(), actual.toLongArray())
                : Arrays.equals(expected.toDoubleArray(), actual.toDoubleArray());
        if (!same) {
            throw new AssertionError(what + ":\n  got      " + text(actual.toDoubleArray()) + "\n  expected "
                    + text(expected.toDoubleArray()));
        }
    }

    private static boolean close(double wanted, double got, double tolerance) {
        return Double.isNaN(wanted)
                ? Double.isNaN(got)
                : wanted == got || Math.abs(got - wanted) <= tolerance * Math.max(1, Math.abs(wanted));
    }

    private static double tolerance(DType dtype) {
        return switch (dtype) {
            case FLOAT64 -> 1e-13;
            case FLOAT32, COMPLEX64 -> 2e-6;
            case FLOAT16 -> 2e-3;
            case BFLOAT16 -> 1.6e-2;
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64 -> 0;
        };
    }

    private static double wrapped(double value, DType dtype) {
        long whole = (long) value;
        return switch (dtype) {
            case UINT8 -> whole & 0xff;
            case INT8 -> (byte) whole;
            case UINT16 -> whole & 0xffff;
            case INT16 -> (short) whole;
            case UINT32 -> whole & 0xffffffffL;
            case INT32 -> (int) whole;
            case BOOL, UINT64, INT64, FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64 -> whole;
        };
    }
}
