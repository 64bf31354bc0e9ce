package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/**
 * What laziness costs on arrays so small that the arithmetic is free. Plans are in the cache. Results are dropped,
 * where no scope is said to release them.
 */
public class GraphBenchmark extends KilnBenchmark {

    private static final int NODES = 100;

    private final Array x = Array.of(1, 2, 3, 4).astype(DType.FLOAT32).eval();
    private final Array one = Array.of(1, 0, 0, 0).astype(DType.FLOAT32).eval();
    private final Array scalar = Array.scalar(2f).eval();

    /** Compares with plain loops. */
    @Setup
    public void setUp() {
        Plain.check("chain of sums", sums(), i -> (i + 1) * (NODES + 1.0));
        // Running sums of 1, 0, 0, 0, taken n times: n choose up to 3.
        double n = NODES;
        double[] expected = {1, n, n * (n + 1) / 2, n * (n + 1) * (n + 2) / 6};
        Plain.check("chain of running sums", runningSums(), i -> expected[i]);
        Plain.check("scalar add", scalar.add(scalar), i -> 4);
    }

    /** Builds a chain of additions and drops it. */
    @Benchmark
    @OperationsPerInvocation(NODES)
    public Array build() {
        return sums();
    }

    /** Builds and evaluates a chain of additions, which fuses to one kernel. */
    @Benchmark
    @OperationsPerInvocation(NODES)
    public Array fusedChain() {
        return sums().eval();
    }

    /** Builds and evaluates a chain of running sums, none of which can be fused: a hundred launches. */
    @Benchmark
    @OperationsPerInvocation(NODES)
    public Array unfusedChain() {
        return runningSums().eval();
    }

    /** Builds and evaluates the sum of two scalars. */
    @Benchmark
    public Array scalarAdd() {
        return scalar.add(scalar).eval();
    }

    /** The same in a scope, which releases the sum. */
    @Benchmark
    public Array scalarAddInScope() {
        return inScope(() -> scalar.add(scalar));
    }

    private Array sums() {
        Array y = x;
        for (int i = 0; i < NODES; i++) {
            y = y.add(x);
        }
        return y;
    }

    private Array runningSums() {
        Array y = one;
        for (int i = 0; i < NODES; i++) {
            y = Ops.cumsum(y, 0, false, true);
        }
        return y;
    }
}
