package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What {@link ElementwiseBenchmark} computes, composed of PyTorch's elementwise operations and reductions, with as many threads as
 * processors and no gradients. A temporary is freed where it is used last, as reference counts would do it.
 */
public class TorchComposedBenchmark extends KilnBenchmark {

    private static final long[] LAST = {-1};

    /** How many rows. */
    @Param({"64", "4096"})
    public int rows;

    private final ScalarTypeOptional sameType = new ScalarTypeOptional();
    private final Scalar eps = new Scalar(ElementwiseBenchmark.EPS);
    private final Scalar one = new Scalar(1.0);
    private final Scalar half = new Scalar(0.5);
    private final Scalar cubeFactor = new Scalar(0.044715);
    private final Scalar tanhFactor = new Scalar(Math.sqrt(2 / Math.PI));
    private final List<UnaryOperator<Tensor>> chain = chain();
    private Tensor a = new Tensor();
    private Tensor b = a;
    private Tensor weight = a;
    private Tensor bias = a;

    /** Copies the input and compares with plain loops. */
    @Setup
    public void setUp() {
        torch.set_num_threads(Runtime.getRuntime().availableProcessors());
        float[] x = normal(1, DType.FLOAT32, rows, COLUMNS).toFloatArray();
        float[] y = normal(2, DType.FLOAT32, rows, COLUMNS).toFloatArray();
        float[] w = normal(3, DType.FLOAT32, COLUMNS).toFloatArray();
        float[] c = normal(4, DType.FLOAT32, COLUMNS).toFloatArray();
        a = TorchBenchmark.tensor(x, rows, COLUMNS);
        b = TorchBenchmark.tensor(y, rows, COLUMNS);
        weight = TorchBenchmark.tensor(w, COLUMNS);
        bias = TorchBenchmark.tensor(c, COLUMNS);
        try (AutoGradMode off = new AutoGradMode(false)) {
            check(x, y, w, c);
        }
    }

    private void check(float[] x, float[] y, float[] w, float[] c) {
        Plain.check("silu(a)*b of PyTorch", TorchBenchmark.array(siluTensor()),
                i -> x[i] * Plain.sigmoid(x[i]) * y[i]);
        Plain.check("GELU of PyTorch", TorchBenchmark.array(geluTensor()),
                i -> x[i] * Plain.sigmoid(2 * ElementwiseBenchmark.geluArgument(x[i])));
        Plain.check("chain of PyTorch", TorchBenchmark.array(chainTensor()), i -> ElementwiseBenchmark.chain(x[i]));
        Plain.checkRows("softmax of PyTorch", TorchBenchmark.array(softmaxTensor()),
                (from, count, to) -> ElementwiseBenchmark.softmax(x, from, count, to));
        Plain.checkRows("layer norm of PyTorch", TorchBenchmark.array(layerNormTensor()),
                (from, count, to) -> ElementwiseBenchmark.layerNorm(x, w, c, from, count, to));
    }

    /** Gives the native memory back. */
    @TearDown
    public void tearDown() {
        a.close();
        b.close();
        weight.close();
        bias.close();
    }

    /** {@code silu(a)*b}. */
    @Benchmark
    public void siluMultiply() {
        TorchBenchmark.run(this::siluTensor);
    }

    /** GELU by its tanh formula. */
    @Benchmark
    public void gelu() {
        TorchBenchmark.run(this::geluTensor);
    }

    /** Softmax over rows. */
    @Benchmark
    public void softmax() {
        TorchBenchmark.run(this::softmaxTensor);
    }

    /** Layer norm with weight and bias. */
    @Benchmark
    public void layerNorm() {
        TorchBenchmark.run(this::layerNormTensor);
    }

    /** Eight elementwise operations. */
    @Benchmark
    public void chainOf8() {
        TorchBenchmark.run(this::chainTensor);
    }

    private Tensor siluTensor() {
        return last(last(a.sigmoid(), a::mul), b::mul);
    }

    private Tensor geluTensor() {
        Tensor cube = last(a.mul(a), a::mul);
        Tensor argument = last(last(last(cube, c -> c.mul(cubeFactor)), a::add), s -> s.mul(tanhFactor));
        Tensor factor = last(last(argument, Tensor::tanh), t -> t.add(one));
        return last(a.mul(half), x -> last(factor, x::mul));
    }

    private Tensor softmaxTensor() {
        Tensor powers = last(last(a.amax(LAST, true), a::sub), Tensor::exp);
        return last(powers, p -> last(p.sum(LAST, true, sameType), p::div));
    }

    private Tensor layerNormTensor() {
        Tensor centred = last(a.mean(LAST, true, sameType), a::sub);
        Tensor variance = last(centred.square(), s -> s.mean(LAST, true, sameType));
        Tensor scale = last(last(variance, v -> v.add(eps)), Tensor::rsqrt);
        return last(last(last(centred, c -> last(scale, c::mul)), weight::mul), bias::add);
    }

    private Tensor chainTensor() {
        Tensor value = chain.getFirst().apply(a);
        for (UnaryOperator<Tensor> step : chain.subList(1, chain.size())) {
            value = last(value, step);
        }
        return last(value, a::add);
    }

    /** The operations of {@link ElementwiseBenchmark#chain} before the last, which takes the input again. */
    private static List<UnaryOperator<Tensor>> chain() {
        Scalar factor = new Scalar(1.5);
        Scalar summand = new Scalar(0.25);
        Scalar least = new Scalar(-2.0);
        Scalar most = new Scalar(2.0);
        Scalar middle = new Scalar(0.5);
        Scalar scale = new Scalar(0.75);
        return List.of(x -> x.mul(factor), x -> x.add(summand), x -> x.clamp_min(least), x -> x.clamp_max(most),
                x -> x.sub(middle), x -> x.mul(scale), Tensor::abs, Tensor::sqrt);
    }

    /** Computes with a temporary for the last time. */
    private static Tensor last(Tensor temporary, UnaryOperator<Tensor> step) {
        try (temporary) {
            return step.apply(temporary);
        }
    }
}
