package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** RMS norm of rows of 4096, from building the graph to the last element, beside a copy of the same bytes. */
public class RmsNormBenchmark extends KilnBenchmark {

    private static final double EPS = 1e-5;

    /** How many rows. */
    @Param({"1", "64", "512", "4096"})
    public int rows;

    /** The dtype of input, weight and result. */
    @Param({"FLOAT32", "BFLOAT16", "FLOAT16"})
    public DType dtype = DType.FLOAT32;

    private Array x = Array.scalar(0);
    private Array weight = x;
    @SuppressWarnings("NullAway.Init") // set by setUp
    private Yardstick yardstick;

    /** Draws the input and compares with a plain loop. */
    @Setup
    public void setUp() {
        x = normal(1, dtype, rows, COLUMNS);
        weight = normal(2, dtype, COLUMNS);
        yardstick = Yardstick.of(x, room(dtype, rows, COLUMNS));
        float[] in = x.toFloatArray();
        float[] scale = weight.toFloatArray();
        Plain.Row expected = (from, columns, to) -> {
            double norm = Plain.normScale(in, from, columns, EPS);
            for (int i = 0; i < columns; i++) {
                to[i] = in[from + i] * norm * scale[i];
            }
        };
        Plain.checkRows("rms norm", graph(), expected);
        Plain.checkRows("rms norm by hand", byHand(), expected);
    }

    /** The norm, its result released by a scope. */
    @Benchmark
    public Array norm() {
        return inScope(this::graph);
    }

    /** The norm, its result dropped: the collector finds it. */
    @Benchmark
    public Array normDropped() {
        return graph().eval();
    }

    /** The norm as a formula of single operations, which Kiln recognises. */
    @Benchmark
    public Array normByHand() {
        return inScope(this::byHand);
    }

    /** The yardstick: reads an array, writes one. */
    @Benchmark
    public void copy() {
        yardstick.copy();
    }

    private Array graph() {
        return Fast.rmsNorm(x, weight, EPS);
    }

    private Array byHand() {
        Array meanSquare = Ops.mean(x.astype(DType.FLOAT32).square(), -1, true);
        return x.astype(DType.FLOAT32).multiply(meanSquare.add(EPS).rsqrt()).astype(dtype).multiply(weight);
    }
}
