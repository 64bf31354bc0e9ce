package dev.kiln.backends.cpu;

import dev.kiln.streams.Workers;

/**
 * The product of two matrices.
 *
 * <p>Sums are accumulated in float32 for 32- and 16-bit operands and rounded once, to nearest even, when the result is
 * 16 bits wide; they are accumulated in float64 when all three matrices are {@link ElementType#F64}. 32- and 16-bit
 * formats may be mixed. The order of the summation depends on the shapes and strides only, never on the number of
 * workers, so a product is reproducible.
 */
public interface MatrixProduct {

    /**
     * Computes {@code c = a · b}. A product with {@code k == 0} is all zeros.
     *
     * @param m       rows of {@code a} and {@code c}
     * @param n       columns of {@code b} and {@code c}
     * @param k       columns of {@code a}, rows of {@code b}
     * @param a       the left factor, m×k
     * @param b       the right factor, k×n
     * @param c       the result, m×n; must not overlap the factors, and no stride of it may be zero
     * @param workers the threads to use; small products stay on the caller
     * @throws IllegalArgumentException if a dimension is negative or only some of the matrices are float64
     */
    void multiply(int m, int n, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c, Workers workers);

    /** Refuses what {@link #multiply} documents as illegal. */
    static void check(int m, int n, int k, MatrixOperand a, MatrixOperand b, MatrixOperand c) {
        if (m < 0 || n < 0 || k < 0) {
            throw new IllegalArgumentException(
                    "[matmul] Dimensions must not be negative: (" + m + "," + k + ") x (" + k + "," + n + ").");
        }
        boolean wide = c.type() == ElementType.F64;
        if ((a.type() == ElementType.F64) != wide || (b.type() == ElementType.F64) != wide) {
            throw new IllegalArgumentException("[matmul] float64 does not mix with other types: " + a.type() + " x "
                    + b.type() + " -> " + c.type() + ".");
        }
    }
}
