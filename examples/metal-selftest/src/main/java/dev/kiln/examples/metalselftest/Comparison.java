package dev.kiln.examples.metalselftest;

import static dev.kiln.graph.Shape.shape;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;
import dev.kiln.ops.Transforms;
import dev.kiln.streams.Device;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * A computation on both devices: how far the results are apart, and how long each took when it was run again.
 *
 * @param apart the largest difference, relative or, for numbers below 1, absolute
 */
record Comparison(String name, double apart, double allowed, double cpuMillis, double metalMillis) {

    private static final int TIMES = 10;

    /** All computations there are. */
    static List<Comparison> all() {
        Array x = Random.normal(shape(64, 4096), DType.FLOAT32, Random.key(1)).eval();
        Array w = Random.normal(shape(4096), DType.FLOAT32, Random.key(2)).eval();
        Array matrix = Random.normal(shape(4096, 1024), DType.FLOAT32, Random.key(3)).multiply(0.02f).eval();
        Array heads = Random.normal(shape(1, 8, 128, 64), DType.FLOAT32, Random.key(4)).eval();
        Array half = x.astype(DType.FLOAT16).eval();
        return List.of(of("rms_norm", 1e-5, () -> Fast.rmsNorm(x, w, 1e-5f)),
                of("residual + rms_norm + scale", 1e-5, () -> Fast.rmsNorm(x.add(x.square()), w, 1e-5f).multiply(0.5f)),
                of("rms_norm of float16", 2e-3, () -> Fast.rmsNorm(half, null, 1e-5f)),
                of("softmax", 1e-5, () -> Ops.softmax(x, -1)),
                of("sum over rows and over columns", 1e-4, () -> x.sum(0).add(x.sum())),
                of("matmul", 1e-4, () -> x.matmul(matrix)),
                of("matrix and vector", 1e-4, () -> Ops.matmul(w, matrix)),
                of("rope", 1e-5, () -> Fast.rope(heads, 64, false, 10_000f, 1f, 5)),
                of("attention", 1e-5,
                        () -> Fast.scaledDotProductAttention(heads, heads, heads, 0.125f, "causal")),
                of("gradient of a norm and a product", 1e-3, () -> Transforms
                        .grad((Array a) -> Fast.rmsNorm(a, w, 1e-5f).matmul(matrix).square().mean()).apply(x)),
                of("random numbers", 1e-6, () -> Random.uniform(shape(1000, 33), DType.FLOAT32, Random.key(5))),
                of("sort (on the processor, over the same memory)", 0, () -> Ops.sort(x, -1)));
    }

    private static Comparison of(String name, double allowed, Supplier<Array> computation) {
        double[] cpu = Device.CPU.call(() -> computation.get().eval()).toDoubleArray();
        double[] metal = Device.METAL.call(() -> computation.get().eval()).toDoubleArray();
        double apart = 0;
        for (int i = 0; i < cpu.length; i++) {
            apart = Math.max(apart, Math.abs(cpu[i] - metal[i]) / Math.max(1, Math.abs(cpu[i])));
        }
        return new Comparison(name, apart, allowed, millis(Device.CPU, computation), millis(Device.METAL, computation));
    }

    private static double millis(Device device, Supplier<Array> computation) {
        long start = System.nanoTime();
        for (int i = 0; i < TIMES; i++) {
            device.call(() -> computation.get().eval());
        }
        return (System.nanoTime() - start) / 1e6 / TIMES;
    }

    boolean passed() {
        return apart <= allowed; // and not if it is NaN
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %s: apart %.1e of %.1e, CPU %.3f ms, Metal %.3f ms",
                passed() ? "ok    " : "FAILED", name, apart, allowed, cpuMillis, metalMillis);
    }
}
