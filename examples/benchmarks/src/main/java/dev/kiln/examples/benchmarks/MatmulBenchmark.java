package dev.kiln.examples.benchmarks;

import dev.kiln.ops.Array;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Products of float32 matrices. */
public class MatmulBenchmark extends KilnBenchmark {

    /** Rows, depth and columns; of a batch with its size in front. */
    @Param({"512x512x512", "1024x1024x1024", "2048x2048x2048", "511x1023x769", "65x4097x33", "1x4096x4096",
        "256*64x64x64", "64*128x128x128"})
    public String shape = "";

    @SuppressWarnings("NullAway.Init") // set by setUp
    private Factors factors;

    /** Draws the input and compares with a plain loop. */
    @Setup
    public void setUp() {
        factors = Factors.of(shape);
        factors.check("product", factors.product(), false);
        factors.check("product with a transposed factor", factors.transposedProduct(), true);
    }

    /** {@code a @ b}. */
    @Benchmark
    public Array product() {
        return inScope(factors::product);
    }

    /** {@code a @ b.T}, as a linear layer of PyTorch has it. */
    @Benchmark
    public Array transposed() {
        return inScope(factors::transposedProduct);
    }
}
