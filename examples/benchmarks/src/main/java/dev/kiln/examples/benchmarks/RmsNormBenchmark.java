package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * RMS norm through the public API, from building the graph to the last element, beside a copy of the same bytes: what the
 * machine's memory allows.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class RmsNormBenchmark {

    private static final double EPS = 1e-5;

    /** Rows and columns. */
    @Param({"64", "512", "4096"})
    public int side;

    /** The dtype of input, weight and result. */
    @Param({"FLOAT32", "BFLOAT16"})
    public DType dtype = DType.FLOAT32;

    private Array x = Array.scalar(0);
    private Array residual = x;
    private Array weight = x;
    private MemorySegment from = MemorySegment.NULL;
    private MemorySegment to = MemorySegment.NULL;

    /** Draws the input and touches the copy's memory. */
    @Setup
    public void setUp() {
        x = Random.normal(Shape.shape(side, side), DType.FLOAT32, Random.key(1)).astype(dtype);
        residual = Random.normal(Shape.shape(side, side), DType.FLOAT32, Random.key(2)).astype(dtype);
        weight = Random.uniform(0.5, 1.5, Shape.shape(side), DType.FLOAT32, Random.key(3)).astype(dtype);
        Ops.eval(x, residual, weight);
        Arena arena = Arena.ofAuto();
        from = arena.allocate(x.nbytes(), 64).fill((byte) 1);
        to = arena.allocate(x.nbytes(), 64).fill((byte) 2);
    }

    /** The norm alone: reads an array, writes one. */
    @Benchmark
    public Array norm() {
        return Fast.rmsNorm(x, weight, EPS).eval();
    }

    /** The norm of a sum: reads two arrays, writes one. */
    @Benchmark
    public Array normOfSum() {
        return Fast.rmsNorm(x.add(residual), weight, EPS).eval();
    }

    /** The norm as a formula of single operations, which Kiln recognises. */
    @Benchmark
    public Array normByHand() {
        Array meanSquare = Ops.mean(x.square(), -1, true);
        return x.multiply(meanSquare.add(EPS).rsqrt()).multiply(weight).eval();
    }

    /** A copy by all processors: reads an array, writes one. */
    @Benchmark
    public MemorySegment copy() {
        long bytes = from.byteSize();
        int parts = bytes < 1 << 20 ? 1 : Runtime.getRuntime().availableProcessors();
        IntStream.range(0, parts).parallel().forEach(part -> {
            long start = bytes * part / parts;
            MemorySegment.copy(from, start, to, start, bytes * (part + 1) / parts - start);
        });
        return to;
    }
}
