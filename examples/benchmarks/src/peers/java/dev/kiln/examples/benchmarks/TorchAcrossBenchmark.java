package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** {@link AcrossBenchmark} by PyTorch, with as many threads as processors and no gradients. */
public class TorchAcrossBenchmark extends KilnBenchmark {

    private static final int ROWS = COLUMNS;

    private Tensor a = new Tensor();
    private Tensor b = a;

    /** Copies the input and compares with plain loops. */
    @Setup
    public void setUp() {
        torch.set_num_threads(Runtime.getRuntime().availableProcessors());
        float[] x = normal(1, DType.FLOAT32, ROWS, COLUMNS).toFloatArray();
        float[] y = normal(2, DType.FLOAT32, COLUMNS, ROWS).toFloatArray();
        a = TorchBenchmark.tensor(x, ROWS, COLUMNS);
        b = TorchBenchmark.tensor(y, COLUMNS, ROWS);
        try (AutoGradMode off = new AutoGradMode(false)) {
            check(x, y);
        }
    }

    private void check(float[] x, float[] y) {
        same("a.T", transposeTensor(), i -> x[AcrossBenchmark.transposed(i)]);
        same("a.T + b", addTransposedTensor(), i -> (double) x[AcrossBenchmark.transposed(i)] + y[i]);
        double[] sums = AcrossBenchmark.sums(x);
        double[] powers = AcrossBenchmark.powers(x);
        double squares = AcrossBenchmark.squares(x);
        same("sum over axis 0", sumAcrossTensor(), i -> sums[i]);
        same("softmax over axis 0", torch.softmax(a, 0), i -> Math.exp(x[i]) / powers[i % COLUMNS]);
        same("sum of squares", sumOfSquaresTensor(), i -> squares);
        int[] largest = AcrossBenchmark.largest(x);
        long[] places = new long[COLUMNS];
        try (Tensor found = argmaxAcrossTensor(); LongPointer memory = found.data_ptr_long()) {
            memory.get(places);
        }
        for (int i = 0; i < COLUMNS; i++) {
            if (places[i] != largest[i]) {
                throw new IllegalStateException("argmax of PyTorch: column " + i + " has " + places[i]);
            }
        }
    }

    private static void same(String what, Tensor tensor, Plain.Element expected) {
        float[] values = new float[(int) tensor.numel()];
        try (Tensor taken = tensor; FloatPointer memory = taken.data_ptr_float()) {
            memory.get(values);
        }
        Plain.check(what + " of PyTorch", dev.kiln.ops.Array.of(values), expected);
    }

    /** Gives the native memory back. */
    @TearDown
    public void tearDown() {
        a.close();
        b.close();
    }

    /** A contiguous copy of the transposed matrix. */
    @Benchmark
    public void transpose() {
        TorchBenchmark.run(this::transposeTensor);
    }

    /** The transposed matrix and another. */
    @Benchmark
    public void addTransposed() {
        TorchBenchmark.run(this::addTransposedTensor);
    }

    /** Softmax over columns. */
    @Benchmark
    public void softmaxAcross() {
        TorchBenchmark.run(() -> torch.softmax(a, 0));
    }

    /** The sum of each column. */
    @Benchmark
    public void sumAcross() {
        TorchBenchmark.run(this::sumAcrossTensor);
    }

    /** Where in each column the largest element is. */
    @Benchmark
    public void argmaxAcross() {
        TorchBenchmark.run(this::argmaxAcrossTensor);
    }

    /** One number of all elements. */
    @Benchmark
    public void sumOfSquares() {
        TorchBenchmark.run(this::sumOfSquaresTensor);
    }

    private Tensor transposeTensor() {
        try (Tensor transposed = a.t()) {
            return transposed.contiguous();
        }
    }

    /** In the order of the result's rows, as Kiln's result is. */
    private Tensor addTransposedTensor() {
        try (Tensor transposed = a.t(); Tensor sum = b.add(transposed)) {
            return sum.contiguous();
        }
    }

    private Tensor sumAcrossTensor() {
        return a.sum(0);
    }

    private Tensor argmaxAcrossTensor() {
        return a.argmax(new LongOptional(0), false);
    }

    private Tensor sumOfSquaresTensor() {
        try (Tensor squares = a.square()) {
            return squares.sum();
        }
    }
}
