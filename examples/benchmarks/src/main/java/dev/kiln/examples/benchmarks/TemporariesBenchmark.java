package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/** A loop of 200 steps, each of which makes results of 64 MiB and keeps none: the time of a step, and the memory of the loop. */
public class TemporariesBenchmark extends KilnBenchmark {

    static final int STEPS = 200;
    static final long BLOCK = 64 << 20;

    private Array x = Array.scalar(0);

    /** Draws the input and compares with a plain loop. */
    @Setup
    public void setUp() {
        x = normal(1, DType.FLOAT32, BLOCK / COLUMNS / Float.BYTES, COLUMNS);
        float[] in = x.toFloatArray();
        Plain.check("step", step(3), i -> (in[i] + 3) * 0.5);
    }

    /** Each step has a scope. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public Array inScopes() {
        Array last = x;
        for (int i = 0; i < STEPS; i++) {
            int step = i;
            last = inScope(() -> step(step));
        }
        return last;
    }

    /** Each step drops its results, and the collector finds them. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public Array dropped() {
        Array last = x;
        for (int i = 0; i < STEPS; i++) {
            last = step(i).eval();
        }
        return last;
    }

    /** Two results; the first is evaluated by itself, as a program does that looks at it. */
    private Array step(int i) {
        return x.add(i).eval().multiply(0.5);
    }
}
