package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What all benchmarks share: how long they run, and how a graph is built and evaluated in them. They warm up for as long as
 * generated code takes to take over while all cores are busy.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 16, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 9, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public abstract class KilnBenchmark {

    static final int COLUMNS = 4096;

    /**
     * Builds and evaluates in a scope, as a program does that wants flat memory: results come back at the brace. Without a
     * scope they come back when the collector runs.
     */
    static Array inScope(Supplier<Array> graph) {
        try (var scope = dev.kiln.ops.Scope.open()) {
            return graph.get().eval();
        }
    }

    /** Normal numbers, evaluated. */
    static Array normal(long seed, DType dtype, long... dims) {
        return Random.normal(Shape.shape(dims), DType.FLOAT32, Random.key(seed)).astype(dtype).eval();
    }

    /** Memory to write to in a yardstick: drawn, since zeros would be a view of one element. */
    static Array room(DType dtype, long... dims) {
        return normal(0, dtype, dims);
    }
}
