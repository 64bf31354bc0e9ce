package dev.kiln.examples.benchmarks;

import dev.kiln.graph.Memory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/** Adds the most bytes that Kiln's arrays took in an iteration to each result. */
public final class MemoryProfiler implements InternalProfiler {

    static final String PEAK = "kiln.peak";

    @Override
    public String getDescription() {
        return "Peak of Kiln's memory";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        Memory.resetPeak();
    }

    @Override
    public Collection<ScalarResult> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
            IterationResult result) {
        return List.of(new ScalarResult(PEAK, Memory.peak(), "B", AggregationPolicy.MAX));
    }
}
