package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Norms and activations of float32 rows of 4096 by PyTorch, with as many threads as processors and no gradients. A result is
 * freed before the next one is computed, as reference counts would do it.
 */
public class TorchBenchmark extends KilnBenchmark {

    private static final double EPS = ElementwiseBenchmark.EPS;

    /** How many rows. */
    @Param({"1", "64", "512", "4096"})
    public int rows;

    private final long[] columns = {COLUMNS};
    private final DoubleOptional eps = new DoubleOptional(EPS);
    private Tensor a = new Tensor();
    private Tensor b = a;
    private Tensor weight = a;
    private TensorOptional weightOrNone = new TensorOptional();
    private TensorOptional biasOrNone = weightOrNone;

    /** Copies the input and compares with plain loops. */
    @Setup
    public void setUp() {
        torch.set_num_threads(Runtime.getRuntime().availableProcessors());
        System.out.println(torch.get_parallel_info().getString());
        float[] x = normal(1, DType.FLOAT32, rows, COLUMNS).toFloatArray();
        float[] y = normal(2, DType.FLOAT32, rows, COLUMNS).toFloatArray();
        float[] w = normal(3, DType.FLOAT32, COLUMNS).toFloatArray();
        float[] c = normal(4, DType.FLOAT32, COLUMNS).toFloatArray();
        a = tensor(x, rows, COLUMNS);
        b = tensor(y, rows, COLUMNS);
        weight = tensor(w, COLUMNS);
        weightOrNone = new TensorOptional(weight);
        biasOrNone = new TensorOptional(tensor(c, COLUMNS));
        try (AutoGradMode off = new AutoGradMode(false)) {
            check(x, y, w, c);
        }
    }

    private void check(float[] x, float[] y, float[] w, float[] c) {
        Plain.checkRows("rms norm of PyTorch", array(normTensor()), (from, count, to) -> {
            double norm = Plain.normScale(x, from, count, EPS);
            for (int i = 0; i < count; i++) {
                to[i] = x[from + i] * norm * w[i];
            }
        });
        Plain.check("silu(a)*b of PyTorch", array(siluTensor()), i -> x[i] * Plain.sigmoid(x[i]) * y[i]);
        Plain.check("GELU of PyTorch", array(geluTensor()),
                i -> x[i] * Plain.sigmoid(2 * ElementwiseBenchmark.geluArgument(x[i])));
        Plain.checkRows("softmax of PyTorch", array(torch.softmax(a, -1)),
                (from, count, to) -> ElementwiseBenchmark.softmax(x, from, count, to));
        Plain.checkRows("layer norm of PyTorch", array(layerNormTensor()),
                (from, count, to) -> ElementwiseBenchmark.layerNorm(x, w, c, from, count, to));
    }

    /** Gives the native memory back. */
    @TearDown
    public void tearDown() {
        a.close();
        b.close();
        weight.close();
    }

    /** RMS norm with weight. */
    @Benchmark
    public void norm() {
        run(this::normTensor);
    }

    /** {@code silu(a)*b}. */
    @Benchmark
    public void siluMultiply() {
        run(this::siluTensor);
    }

    /** GELU by its tanh formula. */
    @Benchmark
    public void gelu() {
        run(this::geluTensor);
    }

    /** Softmax over rows. */
    @Benchmark
    public void softmax() {
        run(() -> torch.softmax(a, -1));
    }

    /** Layer norm with weight and bias. */
    @Benchmark
    public void layerNorm() {
        run(this::layerNormTensor);
    }

    /** Makes a tensor. */
    interface Op {
        Tensor compute();
    }

    /** Computes, and frees what comes of it. */
    static void run(Op op) {
        try (AutoGradMode off = new AutoGradMode(false); Tensor result = op.compute()) {
            if (!result.defined()) {
                throw new IllegalStateException("no result");
            }
        }
    }

    private Tensor normTensor() {
        return torch.rms_norm(a, columns, weightOrNone, eps);
    }

    private Tensor siluTensor() {
        try (Tensor silu = torch.silu(a)) {
            return silu.mul(b);
        }
    }

    private Tensor geluTensor() {
        return torch.gelu(a, "tanh");
    }

    private Tensor layerNormTensor() {
        return torch.layer_norm(a, columns, weightOrNone, biasOrNone, EPS, false);
    }

    static Tensor tensor(float[] values, long... shape) {
        try (FloatPointer memory = new FloatPointer(values)) {
            return torch.from_blob(memory, shape).clone();
        }
    }

    /** The rows of a tensor, which is freed. */
    static Array array(Tensor tensor) {
        float[] values = new float[(int) tensor.numel()];
        try (Tensor taken = tensor; FloatPointer memory = taken.data_ptr_float()) {
            memory.get(values);
        }
        return Array.copyOf(values, Shape.shape(values.length / COLUMNS, COLUMNS));
    }
}
