package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Transforms;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The gradients of an RMS norm by x and by its weight, beside the norm itself. */
public class NormGradientBenchmark extends KilnBenchmark {

    private static final double EPS = 1e-5;

    /** How many rows. */
    @Param({"64", "512", "4096"})
    public int rows;

    private Array x = Array.scalar(0);
    private Array weight = x;
    private Array cotangent = x;

    /** Draws the input and compares with a plain loop. */
    @Setup
    public void setUp() {
        x = normal(1, DType.FLOAT32, rows, COLUMNS);
        weight = normal(2, DType.FLOAT32, COLUMNS);
        cotangent = normal(3, DType.FLOAT32, rows, COLUMNS);
        float[] in = x.toFloatArray();
        float[] w = weight.toFloatArray();
        float[] g = cotangent.toFloatArray();
        double[] byWeight = new double[COLUMNS];
        List<Array> gradients = gradients();
        Plain.checkRows("gradient by x", gradients.get(0), (from, columns, to) -> {
            double norm = Plain.normScale(in, from, columns, EPS);
            double dot = 0;
            for (int i = 0; i < columns; i++) {
                dot += (double) in[from + i] * g[from + i] * w[i];
                byWeight[i] += in[from + i] * norm * g[from + i];
            }
            double along = norm * norm * dot / columns;
            for (int i = 0; i < columns; i++) {
                to[i] = norm * ((double) g[from + i] * w[i] - in[from + i] * along);
            }
        });
        Plain.check("gradient by the weight", gradients.get(1), i -> byWeight[i]);
    }

    /** The forward pass. */
    @Benchmark
    public Array forward() {
        return inScope(() -> Fast.rmsNorm(x, weight, EPS));
    }

    /** The gradient by x: reads x and the cotangent, writes the gradient. */
    @Benchmark
    public Array byX() {
        return inScope(() -> Transforms
                .vjp((List<Array> in) -> Fast.rmsNorm(in.get(0), weight, EPS), List.of(x), cotangent).cotangents()
                .getFirst());
    }

    /** Both gradients. */
    @Benchmark
    public Array byXAndWeight() {
        return inScope(() -> {
            List<Array> both = gradients();
            Ops.eval(both.get(0), both.get(1));
            return both.get(0);
        });
    }

    private List<Array> gradients() {
        return Transforms
                .vjp((List<Array> in) -> Fast.rmsNorm(in.get(0), in.get(1), EPS), List.of(x, weight), cotangent)
                .cotangents();
    }
}
