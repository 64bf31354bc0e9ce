package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** One row times a matrix of 4096×11008 in 16 bits, as in decoding, beside reading the matrix once. */
public class MatvecBenchmark extends KilnBenchmark {

    static final int OUT = 11008;

    /** Keeps the results near one, where a rounding is a rounding. */
    private static final double SCALE = 1.0 / 64;

    /** The dtype of all. */
    @Param({"BFLOAT16", "FLOAT16"})
    public DType dtype = DType.BFLOAT16;

    private Array x = Array.scalar(0);
    private Array weights = x;
    @SuppressWarnings("NullAway.Init") // set by setUp
    private Yardstick yardstick;

    /** Draws the input and compares with a plain loop. */
    @Setup
    public void setUp() {
        x = normal(1, DType.FLOAT32, 1, COLUMNS).multiply(SCALE).astype(dtype).eval();
        weights = normal(2, dtype, COLUMNS, OUT);
        yardstick = Yardstick.of(weights, x);
        float[] in = x.toFloatArray();
        float[] matrix = weights.toFloatArray();
        Plain.check("matrix-vector product", x.matmul(weights), column -> {
            double sum = 0;
            for (int k = 0; k < COLUMNS; k++) {
                sum += (double) in[k] * matrix[k * OUT + column];
            }
            return sum;
        });
    }

    /** {@code x @ weights}. */
    @Benchmark
    public Array product() {
        return inScope(() -> x.matmul(weights));
    }

    /** The yardstick: reads the weights. */
    @Benchmark
    public long read() {
        return yardstick.read();
    }
}
