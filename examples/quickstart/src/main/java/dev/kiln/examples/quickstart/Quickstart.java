package dev.kiln.examples.quickstart;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Explain;
import dev.kiln.ops.Random;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A first look at Kiln: shapes the graph of one Llama block, looks at it before and after it is fired, checks the result
 * against plain loops, and measures how near an RMS norm comes to the speed of copying memory.
 */
final class Quickstart {

    private static final int TOKENS = 64;
    private static final double TOLERANCE = 1e-4;
    private static final int REPEATS = 100;
    private static final double GIGA = 1e9;

    private Quickstart() {}

    /** Exits with 0, or with 1 if the check fails. */
    public static void main(String[] args) {
        if (args.length > 0) {
            System.err.println("quickstart takes no arguments.");
            System.exit(2);
        }
        Array key = Random.key(1);
        Block block = Block.random(key);
        Array x = Random.normal(Shape.shape(1, TOKENS, Block.HIDDEN), DType.FLOAT32, key).eval();

        Array y = block.apply(x);
        say("A Llama block on %d tokens, shaped but not fired: %s %s, evaluated: %s", TOKENS, y.shape(), y.dtype(),
                y.isEvaluated());
        say("%nKernels that would run (Explain.of says more of each):%n%s", kernels(y));
        say("%nA norm written by hand, x * rsqrt(mean(x^2) + eps) * w, is recognised:%n%s",
                kernels(block.normByHand(x)));

        double first = millis(y::eval);
        double last = first;
        for (int i = 0; i < REPEATS; i++) {
            last = millis(() -> block.apply(x).eval());
        }
        say("%nFired in %.1f ms, making of the kernels included; evaluated: %s", first, y.isEvaluated());
        say("Shaped and fired again, by the plan in the cache: %.1f ms after %d times", last, REPEATS);

        double error = new PlainBlock(block).relativeError(x, y);
        boolean right = error <= TOLERANCE;
        say("Against plain loops in double precision: max relative error %.1e %s", error, right ? "OK" : "FAIL");

        NormSpeed speed = NormSpeed.measure();
        say("%nRMS norm of %d x %d float32: %.1f GB/s; copying as many bytes: %.1f GB/s; ratio %.2f", NormSpeed.SIDE,
                NormSpeed.SIDE, speed.norm() / GIGA, speed.copy() / GIGA, speed.ratio());
        System.exit(right ? 0 : 1);
    }

    /** A numbered line a kernel, with the operations in it. */
    private static String kernels(Array array) {
        List<List<String>> kernels = Explain.of(array).fused();
        return IntStream.range(0, kernels.size())
                .mapToObj(i -> "%4d  %s".formatted(i + 1, String.join(" + ", kernels.get(i))))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private static double millis(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }

    private static void say(String format, Object... args) {
        System.out.println(String.format(Locale.ROOT, format, args));
    }
}
