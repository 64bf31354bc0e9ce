package dev.kiln.examples.quickstart;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Random;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How fast an RMS norm moves its bytes, beside a plain copy of as many: a norm reads an array and writes one, so no norm can be
 * faster than the copy.
 *
 * @param norm bytes per second of the norm, read and written ones together
 * @param copy bytes per second of the copy, counted alike
 */
record NormSpeed(double norm, double copy) {

    static final int SIDE = 4096;

    private static final long BYTES = (long) SIDE * SIDE * Float.BYTES;
    private static final int WARM_UPS = 20;
    private static final int RUNS = 21;

    /** Measures both in turns, so that what disturbs the machine disturbs both, and takes the medians. */
    static NormSpeed measure() {
        Array x = Random.uniform(-1, 1, Shape.shape(SIDE, SIDE), DType.FLOAT32, Random.key(2)).eval();
        Array weight = Random.uniform(0.5, 1.5, Shape.shape(SIDE), DType.FLOAT32, Random.key(3)).eval();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment from = arena.allocate(BYTES, 64).fill((byte) 1);
            MemorySegment to = arena.allocate(BYTES, 64);
            Runnable norm = () -> Fast.rmsNorm(x, weight, 1e-5).eval();
            Runnable copy = () -> copy(from, to);
            for (int i = 0; i < WARM_UPS; i++) {
                norm.run();
                copy.run();
            }
            double[] normNanos = new double[RUNS];
            double[] copyNanos = new double[RUNS];
            for (int i = 0; i < RUNS; i++) {
                normNanos[i] = nanos(norm);
                copyNanos[i] = nanos(copy);
            }
            return new NormSpeed(bytesPerSecond(normNanos), bytesPerSecond(copyNanos));
        }
    }

    /** The part of the copy's speed that the norm reaches. */
    double ratio() {
        return norm / copy;
    }

    /** Copies with all processors, as the norm computes with all. */
    private static void copy(MemorySegment from, MemorySegment to) {
        int parts = Runtime.getRuntime().availableProcessors();
        IntStream.range(0, parts).parallel().forEach(part -> {
            long start = BYTES * part / parts;
            long length = BYTES * (part + 1) / parts - start;
            MemorySegment.copy(from, start, to, start, length);
        });
    }

    private static double nanos(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return System.nanoTime() - start;
    }

    private static double bytesPerSecond(double[] nanos) {
        Arrays.sort(nanos);
        return 2 * BYTES / (nanos[nanos.length / 2] / 1e9);
    }
}
