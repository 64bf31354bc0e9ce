package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What laziness costs on an array so small that the arithmetic is free: nanoseconds per node. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class GraphBenchmark {

    private static final int NODES = 100;

    private final Array x = Array.of(1, 2, 3, 4).astype(DType.FLOAT32).eval();

    /** Builds a chain of nodes and drops it. */
    @Benchmark
    @OperationsPerInvocation(NODES)
    public Array build() {
        Array y = x;
        for (int i = 0; i < NODES; i++) {
            y = y.add(x);
        }
        return y;
    }

    /** Builds the chain and fires it; its plan is in the cache. */
    @Benchmark
    @OperationsPerInvocation(NODES)
    public Array buildAndEval() {
        return build().eval();
    }
}
