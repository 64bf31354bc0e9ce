package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** What reads a float32 matrix of 4096 rows and columns across its rows, or folds it, beside loops over the same bytes. */
public class AcrossBenchmark extends KilnBenchmark {

    private static final int ROWS = COLUMNS;

    private Array a = Array.scalar(0);
    private Array b = a;
    @SuppressWarnings("NullAway.Init") // set by setUp
    private Yardstick yardstick;

    /** Draws the input and compares with plain loops. */
    @Setup
    public void setUp() {
        a = normal(1, DType.FLOAT32, ROWS, COLUMNS);
        b = normal(2, DType.FLOAT32, COLUMNS, ROWS);
        yardstick = Yardstick.of(a, room(DType.FLOAT32, ROWS, COLUMNS));
        float[] x = a.toFloatArray();
        float[] y = b.toFloatArray();
        Plain.check("a.T", transposeGraph(), i -> x[transposed(i)]);
        Plain.check("a.T + b", addTransposedGraph(), i -> (double) x[transposed(i)] + y[i]);
        double[] sums = sums(x);
        double[] powers = powers(x);
        int[] largest = largest(x);
        Plain.check("sum over axis 0", sumAcrossGraph(), i -> sums[i]);
        Plain.check("softmax over axis 0", softmaxAcrossGraph(), i -> Math.exp(x[i]) / powers[i % COLUMNS]);
        Plain.check("argmax over axis 0", argmaxAcrossGraph().astype(DType.FLOAT32), i -> largest[i]);
        double squares = squares(x);
        Plain.check("sum of squares", sumOfSquaresGraph(), i -> squares);
    }

    static int transposed(int i) {
        return i % ROWS * COLUMNS + i / ROWS;
    }

    static double[] sums(float[] x) {
        double[] sums = new double[COLUMNS];
        for (int i = 0; i < x.length; i++) {
            sums[i % COLUMNS] += x[i];
        }
        return sums;
    }

    static double[] powers(float[] x) {
        double[] sums = new double[COLUMNS];
        for (int i = 0; i < x.length; i++) {
            sums[i % COLUMNS] += Math.exp(x[i]);
        }
        return sums;
    }

    static int[] largest(float[] x) {
        int[] places = new int[COLUMNS];
        for (int i = COLUMNS; i < x.length; i++) {
            int column = i % COLUMNS;
            if (x[i] > x[places[column] * COLUMNS + column]) {
                places[column] = i / COLUMNS;
            }
        }
        return places;
    }

    static double squares(float[] x) {
        double sum = 0;
        for (float value : x) {
            sum += (double) value * value;
        }
        return sum;
    }

    /** A contiguous copy of the transposed matrix. */
    @Benchmark
    public Array transpose() {
        return inScope(this::transposeGraph);
    }

    /** The transposed matrix and another. */
    @Benchmark
    public Array addTransposed() {
        return inScope(this::addTransposedGraph);
    }

    /** Softmax over columns. */
    @Benchmark
    public Array softmaxAcross() {
        return inScope(this::softmaxAcrossGraph);
    }

    /** The sum of each column. */
    @Benchmark
    public Array sumAcross() {
        return inScope(this::sumAcrossGraph);
    }

    /** Where in each column the largest element is. */
    @Benchmark
    public Array argmaxAcross() {
        return inScope(this::argmaxAcrossGraph);
    }

    /** One number of all elements. */
    @Benchmark
    public Array sumOfSquares() {
        return inScope(this::sumOfSquaresGraph);
    }

    /** The yardstick: reads an array, writes one. */
    @Benchmark
    public void copy() {
        yardstick.copy();
    }

    /** The yardstick of what has few results: reads an array. */
    @Benchmark
    public long read() {
        return yardstick.read();
    }

    private Array transposeGraph() {
        return Ops.contiguous(a.transpose());
    }

    private Array addTransposedGraph() {
        return a.transpose().add(b);
    }

    private Array softmaxAcrossGraph() {
        return Ops.softmax(a, 0);
    }

    private Array sumAcrossGraph() {
        return Ops.sum(a, 0);
    }

    private Array argmaxAcrossGraph() {
        return Ops.argmax(a, 0);
    }

    private Array sumOfSquaresGraph() {
        return a.square().sum();
    }
}
