package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A few rows times a matrix of 4096×11008 in 16 bits, as in decoding, beside reading the matrix once. */
public class MatvecBenchmark extends KilnBenchmark {

    static final int OUT = 11008;

    /** Keeps the results near one, where a rounding is a rounding. */
    private static final double SCALE = 1.0 / 64;

    /** How many rows. */
    @Param({"1", "4", "8"})
    public int rows;

    /** The dtype of all. */
    @Param({"BFLOAT16", "FLOAT16"})
    public DType dtype = DType.BFLOAT16;

    private Array x = Array.scalar(0);
    private Array weights = x;
    private Array transposed = x;
    @SuppressWarnings("NullAway.Init") // set by setUp
    private Yardstick yardstick;

    /** Draws the input and compares with a plain loop. */
    @Setup
    public void setUp() {
        x = normal(1, DType.FLOAT32, rows, COLUMNS).multiply(SCALE).astype(dtype).eval();
        weights = normal(2, dtype, COLUMNS, OUT);
        transposed = normal(3, dtype, OUT, COLUMNS);
        yardstick = Yardstick.of(weights, x);
        check("product of a few rows", x.matmul(weights), weights, OUT, 1);
        check("product of a few rows with transposed weights", x.matmul(transposed.transpose()), transposed, 1,
                COLUMNS);
    }

    private void check(String what, Array product, Array weights, int down, int along) {
        float[] in = x.toFloatArray();
        float[] matrix = weights.toFloatArray();
        Plain.checkSome(what, product, i -> {
            int row = i / OUT;
            int column = i % OUT;
            double sum = 0;
            for (int k = 0; k < COLUMNS; k++) {
                sum += (double) in[row * COLUMNS + k] * matrix[k * down + column * along];
            }
            return sum;
        });
    }

    /** {@code x @ weights}. */
    @Benchmark
    public Array product() {
        return inScope(() -> x.matmul(weights));
    }

    /** {@code x @ weights.T}, the weights as checkpoints have them. */
    @Benchmark
    public Array transposed() {
        return inScope(() -> x.matmul(transposed.transpose()));
    }

    /** The yardstick: reads the weights. */
    @Benchmark
    public long read() {
        return yardstick.read();
    }
}
