package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Products of square float32 matrices. */
public class MatmulBenchmark extends KilnBenchmark {

    /** Every so many-th element is compared: a plain loop over all would take minutes. */
    private static final int STRIDE = 997;

    /** Rows and columns. */
    @Param({"512", "1024", "2048"})
    public int side;

    private Array a = Array.scalar(0);
    private Array b = a;

    /** Draws the input and compares with a plain loop. */
    @Setup
    public void setUp() {
        a = normal(1, DType.FLOAT32, side, side);
        b = normal(2, DType.FLOAT32, side, side);
        check("product", a.matmul(b), side, 1);
        check("product with a transposed operand", a.matmul(b.transpose()), 1, side);
    }

    /** {@code a @ b}. */
    @Benchmark
    public Array product() {
        return inScope(() -> a.matmul(b));
    }

    /** {@code a @ b.T}, as a linear layer of PyTorch has it. */
    @Benchmark
    public Array transposed() {
        return inScope(() -> a.matmul(b.transpose()));
    }

    private void check(String what, Array product, int downB, int alongB) {
        float[] left = a.toFloatArray();
        float[] right = b.toFloatArray();
        float[] whole = product.toFloatArray();
        int count = Math.ceilDiv(whole.length, STRIDE);
        float[] some = new float[count];
        for (int i = 0; i < count; i++) {
            some[i] = whole[i * STRIDE];
        }
        Plain.check(what, Array.of(some), i -> {
            int row = i * STRIDE / side;
            int column = i * STRIDE % side;
            double sum = 0;
            for (int k = 0; k < side; k++) {
                sum += (double) left[row * side + k] * right[k * downB + column * alongB];
            }
            return sum;
        });
    }
}
