package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;

/**
 * The factors of float32 products.
 *
 * @param batch how many products
 * @param m rows of the left factor
 * @param k columns of the left factor
 * @param n columns of the right factor
 * @param a the left factors, (batch, m, k)
 * @param b the right factors, (batch, k, n)
 * @param transposed other right factors, (batch, n, k), as a linear layer of PyTorch has its weights
 */
record Factors(int batch, int m, int k, int n, Array a, Array b, Array transposed) {

    /** Draws factors of a shape like {@code 512x768x1024} or, a batch of 64 of them, {@code 64*512x768x1024}. */
    static Factors of(String shape) {
        int star = shape.indexOf('*');
        String[] sides = shape.substring(star + 1).split("x", -1);
        int batch = star < 0 ? 1 : Integer.parseInt(shape.substring(0, star));
        int m = Integer.parseInt(sides[0]);
        int k = Integer.parseInt(sides[1]);
        int n = Integer.parseInt(sides[2]);
        return new Factors(batch, m, k, n, KilnBenchmark.normal(1, DType.FLOAT32, batch, m, k),
                KilnBenchmark.normal(2, DType.FLOAT32, batch, k, n),
                KilnBenchmark.normal(3, DType.FLOAT32, batch, n, k));
    }

    /** Multiplications and additions of a shape. */
    static double flops(String shape) {
        double flops = 2;
        for (String side : shape.split("[*x]", -1)) {
            flops *= Integer.parseInt(side);
        }
        return flops;
    }

    /** {@code a @ b}. */
    Array product() {
        return a.matmul(b);
    }

    /** {@code a @ transposed.T}. */
    Array transposedProduct() {
        return a.matmul(transposed.swapaxes(-1, -2));
    }

    /** Memory for a result. */
    Array room() {
        return KilnBenchmark.room(DType.FLOAT32, batch, m, n);
    }

    /** Compares {@code result} with a plain loop. */
    void check(String what, Array result, boolean withTransposed) {
        float[] left = a.toFloatArray();
        float[] right = (withTransposed ? transposed : b).toFloatArray();
        int down = withTransposed ? 1 : n;
        int along = withTransposed ? k : 1;
        Plain.checkSome(what, result, element -> {
            int matrix = element / (m * n);
            int row = element / n;
            int column = element % n;
            double sum = 0;
            for (int p = 0; p < k; p++) {
                sum += (double) left[row * k + p] * right[matrix * k * n + p * down + column * along];
            }
            return sum;
        });
    }
}
