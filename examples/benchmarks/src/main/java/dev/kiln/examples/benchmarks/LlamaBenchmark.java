package dev.kiln.examples.benchmarks;

import dev.kiln.examples.llama.Workload;
import dev.kiln.graph.DType;
import dev.kiln.ops.Array;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * A Llama of 1.1 billion parameters in bfloat16: a token beside reading the weights once, a prompt beside products of large
 * matrices.
 */
public class LlamaBenchmark extends KilnBenchmark {

    /** So many tokens of the prompt need as many multiplications as so many products of matrices of 2048×2048. */
    static final int PROMPT = 133;
    /** Of the matrices of the blocks, without embedding and output. */
    static final long PARAMETERS = 22L * (2 * 2048 * 2048 + 2 * 2048 * 256 + 3 * 2048 * 5632);
    private static final int PRODUCTS = 15;
    private static final int SIDE = 2048;

    @SuppressWarnings("NullAway.Init") // set by setUp
    private Workload llama;
    private List<Yardstick> weights = List.of();
    private Array a = Array.scalar(0);
    private Array b = a;

    /** Draws the weights. */
    @Setup
    public void setUp() {
        llama = Workload.billion();
        llama.check(0.1);
        weights = llama.weights().stream().map(matrix -> Yardstick.of(matrix, matrix)).toList();
        a = normal(1, DType.FLOAT32, SIDE, SIDE);
        b = normal(2, DType.FLOAT32, SIDE, SIDE);
    }

    /** A token, chosen greedily. */
    @Benchmark
    public void token() {
        llama.decode(1);
    }

    /** The yardstick of a token: reads all matrices. */
    @Benchmark
    public long read() {
        long sum = 0;
        for (Yardstick matrix : weights) {
            sum ^= matrix.read();
        }
        return sum;
    }

    /** A prompt, and the token behind it. */
    @Benchmark
    public int prompt() {
        return llama.prompt(PROMPT);
    }

    /** The yardstick of a prompt: products with as many multiplications. */
    @Benchmark
    public void products() {
        for (int i = 0; i < PRODUCTS; i++) {
            inScope(() -> a.matmul(b));
        }
    }
}
