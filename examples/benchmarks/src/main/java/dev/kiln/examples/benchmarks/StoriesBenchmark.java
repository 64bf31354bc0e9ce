package dev.kiln.examples.benchmarks;

import dev.kiln.examples.llama.Workload;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/** A Llama of 260 thousand parameters, where a token costs as much as the graph around it. All of that has to be compiled first. */
@Warmup(iterations = 12, time = 1)
public class StoriesBenchmark extends KilnBenchmark {

    private static final int TOKENS = 255;

    @SuppressWarnings("NullAway.Init") // set by setUp
    private Workload llama;

    /** Draws the weights. */
    @Setup
    public void setUp() {
        llama = Workload.stories();
        llama.check(1e-4);
    }

    /** A token, chosen greedily. */
    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public void token() {
        llama.decode(TOKENS);
    }
}
