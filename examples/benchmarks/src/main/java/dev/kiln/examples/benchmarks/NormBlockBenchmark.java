package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A residual sum, its RMS norm, a scale and a cast, which are one launch, beside a loop over the same buffers. */
public class NormBlockBenchmark extends KilnBenchmark {

    private static final double EPS = 1e-5;
    private static final double SCALE = 0.5;

    /** How many rows. */
    @Param({"64", "512", "4096"})
    public int rows;

    private Array x = Array.scalar(0);
    private Array residual = x;
    private Array weight = x;
    @SuppressWarnings("NullAway.Init") // set by setUp
    private Yardstick yardstick;

    /** Draws the input and compares with a plain loop. */
    @Setup
    public void setUp() {
        x = normal(1, DType.FLOAT32, rows, COLUMNS);
        residual = normal(2, DType.FLOAT32, rows, COLUMNS);
        weight = normal(3, DType.FLOAT32, COLUMNS);
        yardstick = Yardstick.of(x, residual, room(DType.BFLOAT16, rows, COLUMNS));
        float[] sum = x.add(residual).toFloatArray();
        float[] scale = weight.toFloatArray();
        Plain.checkRows("residual, norm, scale and cast", graph(), (from, columns, to) -> {
            double norm = Plain.normScale(sum, from, columns, EPS);
            for (int i = 0; i < columns; i++) {
                to[i] = sum[from + i] * norm * scale[i] * SCALE;
            }
        });
    }

    /** Two float32 arrays read, a bfloat16 one written. */
    @Benchmark
    public Array block() {
        return inScope(this::graph);
    }

    /** The yardstick: reads two arrays, writes one of half their size. */
    @Benchmark
    public void readWrite() {
        yardstick.merge();
    }

    private Array graph() {
        return Fast.rmsNorm(x.add(residual), weight, EPS).multiply(SCALE).astype(DType.BFLOAT16);
    }
}
