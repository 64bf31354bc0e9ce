package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Activations, softmax, layer norm and a chain of 8 operations on float32 rows of 4096, beside loops over the same bytes. */
public class ElementwiseBenchmark extends KilnBenchmark {

    static final double EPS = 1e-5;

    /** How many rows. */
    @Param({"64", "4096"})
    public int rows;

    private Array a = Array.scalar(0);
    private Array b = a;
    private Array weight = a;
    private Array bias = a;
    @SuppressWarnings("NullAway.Init") // set by setUp
    private Yardstick yardstick;

    /** Draws the input and compares with plain loops. */
    @Setup
    public void setUp() {
        a = normal(1, DType.FLOAT32, rows, COLUMNS);
        b = normal(2, DType.FLOAT32, rows, COLUMNS);
        weight = normal(3, DType.FLOAT32, COLUMNS);
        bias = normal(4, DType.FLOAT32, COLUMNS);
        yardstick = Yardstick.of(a, b, room(DType.FLOAT32, rows, COLUMNS));
        float[] x = a.toFloatArray();
        float[] y = b.toFloatArray();
        Plain.check("silu(a)*b", siluMultiplyGraph(), i -> x[i] * Plain.sigmoid(x[i]) * y[i]);
        Plain.check("GELU", geluGraph(), i -> x[i] * Plain.sigmoid(2 * geluArgument(x[i])));
        Plain.check("chain", chainGraph(), i -> chain(x[i]));
        Plain.checkRows("softmax", softmaxGraph(), (from, columns, to) -> softmax(x, from, columns, to));
        float[] w = weight.toFloatArray();
        float[] c = bias.toFloatArray();
        Plain.checkRows("layer norm", layerNormGraph(), (from, columns, to) -> layerNorm(x, w, c, from, columns, to));
    }

    /** {@code silu(a)*b}: reads two arrays. */
    @Benchmark
    public Array siluMultiply() {
        return inScope(this::siluMultiplyGraph);
    }

    /** GELU by its tanh formula. */
    @Benchmark
    public Array gelu() {
        return inScope(this::geluGraph);
    }

    /** Softmax over rows. */
    @Benchmark
    public Array softmax() {
        return inScope(this::softmaxGraph);
    }

    /** Layer norm with weight and bias. */
    @Benchmark
    public Array layerNorm() {
        return inScope(this::layerNormGraph);
    }

    /** Eight elementwise operations. */
    @Benchmark
    public Array chainOf8() {
        return inScope(this::chainGraph);
    }

    /** The yardstick: reads an array, writes one. */
    @Benchmark
    public void copy() {
        yardstick.copy();
    }

    /** The yardstick of {@link #siluMultiply}: reads two arrays, writes one. */
    @Benchmark
    public void readWrite() {
        yardstick.merge();
    }

    private Array siluMultiplyGraph() {
        return a.multiply(a.sigmoid()).multiply(b);
    }

    private Array geluGraph() {
        Array cube = a.multiply(a).multiply(a);
        Array argument = a.add(cube.multiply(0.044715)).multiply(Math.sqrt(2 / Math.PI));
        return a.multiply(0.5).multiply(argument.tanh().add(1));
    }

    private Array softmaxGraph() {
        return Ops.softmax(a, -1);
    }

    private Array layerNormGraph() {
        return Fast.layerNorm(a, weight, bias, EPS);
    }

    private Array chainGraph() {
        return a.multiply(1.5).add(0.25).maximum(-2).minimum(2).subtract(0.5).multiply(0.75).abs().sqrt().add(a);
    }

    static double chain(double x) {
        return Math.sqrt(Math.abs((Math.min(Math.max(x * 1.5 + 0.25, -2), 2) - 0.5) * 0.75)) + x;
    }

    static double geluArgument(double x) {
        return Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    }

    static void softmax(float[] x, int from, int columns, double[] to) {
        double sum = 0;
        for (int i = 0; i < columns; i++) {
            to[i] = Math.exp(x[from + i]);
            sum += to[i];
        }
        for (int i = 0; i < columns; i++) {
            to[i] /= sum;
        }
    }

    static void layerNorm(float[] x, float[] weight, float[] bias, int from, int columns, double[] to) {
        double mean = 0;
        for (int i = 0; i < columns; i++) {
            mean += x[from + i] / (double) columns;
        }
        double variance = 0;
        for (int i = 0; i < columns; i++) {
            variance += (x[from + i] - mean) * (x[from + i] - mean) / columns;
        }
        for (int i = 0; i < columns; i++) {
            to[i] = (x[from + i] - mean) / Math.sqrt(variance + EPS) * weight[i] + bias[i];
        }
    }
}
