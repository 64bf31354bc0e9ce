package dev.kiln.examples.benchmarks;

import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import dev.kiln.ops.Ops;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * What the first evaluation of a graph costs that is like none before: each is a chain of eight operations of about the same
 * cost over 4 Mi elements, by a number whose digits choose the operations.
 */
public class FreshGraphBenchmark extends KilnBenchmark {

    private static final int OPERATIONS = 8;
    private static final int CHOICES = 6;
    private static final long GRAPHS = 1679616; // CHOICES to the power of OPERATIONS
    /** Has no factor in common with the number of graphs, so that no graph comes twice. */
    private static final long STEP = 1000003;
    private static final int KNOWN = 16;

    private Array x = Array.scalar(0);
    private Array y = x;
    private long next;
    private int turn;
    private final long[] known = new long[KNOWN];

    /** Draws the inputs, compares with a plain loop, and plans what {@link #steady} evaluates. */
    @Setup
    public void setUp() {
        x = normal(1, DType.FLOAT32, 1024, COLUMNS);
        y = normal(2, DType.FLOAT32, 1024, COLUMNS);
        float[] a = x.toFloatArray();
        float[] b = y.toFloatArray();
        for (int i = 0; i < KNOWN; i++) {
            long number = fresh();
            known[i] = number;
            Plain.check("chain " + number, graph(number), at -> plain(number, a[at], b[at]));
        }
    }

    /** A graph that is planned: what {@link #first} is compared with. */
    @Benchmark
    public Array steady() {
        turn = (turn + 1) % KNOWN;
        long number = known[turn];
        return inScope(() -> graph(number));
    }

    /** A graph that is new. */
    @Benchmark
    public Array first() {
        long number = fresh();
        return inScope(() -> graph(number));
    }

    private long fresh() {
        next = (next + STEP) % GRAPHS;
        return next;
    }

    private Array graph(long number) {
        Array z = x;
        for (long left = number, i = 0; i < OPERATIONS; i++, left /= CHOICES) {
            z = switch ((int) (left % CHOICES)) {
                case 0 -> z.add(y);
                case 1 -> z.subtract(y);
                case 2 -> z.multiply(0.5);
                case 3 -> Ops.maximum(z, y);
                case 4 -> Ops.minimum(z, y);
                default -> z.add(1);
            };
        }
        return z;
    }

    private static double plain(long number, float x, float y) {
        float z = x;
        for (long left = number, i = 0; i < OPERATIONS; i++, left /= CHOICES) {
            z = switch ((int) (left % CHOICES)) {
                case 0 -> z + y;
                case 1 -> z - y;
                case 2 -> z * 0.5f;
                case 3 -> Math.max(z, y);
                case 4 -> Math.min(z, y);
                default -> z + 1;
            };
        }
        return z;
    }
}
