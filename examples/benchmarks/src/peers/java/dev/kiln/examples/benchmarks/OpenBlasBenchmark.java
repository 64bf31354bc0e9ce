package dev.kiln.examples.benchmarks;

import dev.kiln.ops.Array;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The products of {@link MatmulBenchmark} by OpenBLAS, with as many threads as processors. Results go to memory that is there
 * already.
 */
public class OpenBlasBenchmark extends KilnBenchmark {

    /** Rows, depth and columns; of a batch with its size in front. */
    @Param({"512x512x512", "1024x1024x1024", "2048x2048x2048", "511x1023x769", "65x4097x33", "1x4096x4096",
        "256*64x64x64", "64*128x128x128"})
    public String shape = "";

    @SuppressWarnings("NullAway.Init") // set by setUp
    private OpenBlas blas;
    @SuppressWarnings("NullAway.Init") // set by setUp
    private Factors factors;
    private Array result = Array.scalar(0);
    private MemorySegment a = MemorySegment.NULL;
    private MemorySegment b = a;
    private MemorySegment right = a;
    private MemorySegment c = a;

    /** Draws the input and compares with a plain loop. */
    @Setup
    public void setUp() throws IOException {
        factors = Factors.of(shape);
        blas = OpenBlas.load(factors.batch() > 1 ? 1 : Runtime.getRuntime().availableProcessors());
        result = factors.room();
        a = Yardstick.memory(factors.a());
        b = Yardstick.memory(factors.b());
        right = Yardstick.memory(factors.transposed());
        c = Yardstick.memory(result);
        product();
        factors.check("product of OpenBLAS", result, false);
        transposed();
        factors.check("product of OpenBLAS with a transposed factor", result, true);
    }

    /** {@code a @ b}. */
    @Benchmark
    public void product() {
        blas.multiply(factors, false, a, b, c);
    }

    /** {@code a @ b.T}. */
    @Benchmark
    public void transposed() {
        blas.multiply(factors, true, a, right, c);
    }
}
