package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;

/** Plain loops in double precision that results are compared with before anything is timed. */
final class Plain {

    /** Element {@code i} of the expected result. */
    interface Element {
        double at(int i);
    }

    /** Writes the expected row that begins at {@code from}. */
    interface Row {
        void write(int from, int columns, double[] to);
    }

    private static final int SOME = 997;

    private Plain() {}

    /** Refuses a result that differs from the expected one by more than its dtype explains. */
    static void check(String what, Array actual, Element expected) {
        float[] values = actual.toFloatArray();
        for (int i = 0; i < values.length; i++) {
            compare(what, i, values[i], expected.at(i), tolerance(actual.dtype()));
        }
    }

    /** The same for every 997th element: of products, for which a plain loop over all would take minutes. */
    static void checkSome(String what, Array actual, Element expected) {
        float[] values = actual.toFloatArray();
        for (int i = 0; i < values.length; i += SOME) {
            compare(what, i, values[i], expected.at(i), tolerance(actual.dtype()));
        }
    }

    /** As {@link #check}, row by row. */
    static void checkRows(String what, Array actual, Row expected) {
        float[] values = actual.toFloatArray();
        int columns = (int) actual.dim(-1);
        double[] row = new double[columns];
        for (int from = 0; from < values.length; from += columns) {
            expected.write(from, columns, row);
            for (int i = 0; i < columns; i++) {
                compare(what, from + i, values[from + i], row[i], tolerance(actual.dtype()));
            }
        }
    }

    /** One over the root of the mean square of a row. */
    static double normScale(float[] x, int from, int columns, double eps) {
        double sum = 0;
        for (int i = from; i < from + columns; i++) {
            sum += (double) x[i] * x[i];
        }
        return 1 / Math.sqrt(sum / columns + eps);
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** What the roundings of a result of {@code dtype} may amount to, relative to one or to the value. */
    private static double tolerance(DType dtype) {
        return switch (dtype) {
            case BFLOAT16 -> 2e-2;
            case FLOAT16 -> 3e-3;
            default -> 2e-4;
        };
    }

    private static void compare(String what, int i, double actual, double expected, double tolerance) {
        if (!(Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)))) {
            throw new IllegalStateException(what + ": element " + i + " is " + actual + ", a plain loop makes it "
                    + expected + ". Nothing was timed.");
        }
    }
}
