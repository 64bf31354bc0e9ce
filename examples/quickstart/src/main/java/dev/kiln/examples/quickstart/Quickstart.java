package dev.kiln.examples.quickstart;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Explain;
import dev.kiln.ops.Random;
import java.util.Locale;

/**
 * A first look at Kiln: shapes the graph of one Llama block, looks at it before and after it is fired, checks the result
 * against plain loops, and measures how near an RMS norm comes to the speed of copying memory.
 */
final class Quickstart {

    private static final int TOKENS = 64;
    private static final double TOLERANCE = 1e-4;
    private static final double GIGA = 1e9;

    private Quickstart() {}

    /** Exits with 0, or with 1 if the check fails. */
    public static void main(String[] args) {
        Array key = Random.key(1);
        Block block = Block.random(key);
        Array x = Random.normal(Shape.shape(1, TOKENS, Block.HIDDEN), DType.FLOAT32, key).eval();

        Array y = block.apply(x);
        say("A Llama block on %d tokens, shaped but not fired: %s %s, evaluated: %s", TOKENS, y.shape(), y.dtype(),
                y.isEvaluated());
        say("%n%s", Explain.of(y));

        long start = System.nanoTime();
        y.eval();
        say("%nFired in %.1f ms, making of the kernels included; evaluated: %s", (System.nanoTime() - start) / 1e6,
                y.isEvaluated());

        double error = new PlainBlock(block).relativeError(x, y);
        boolean right = error <= TOLERANCE;
        say("Against plain loops in double precision: max relative error %.1e %s", error, right ? "OK" : "FAIL");

        NormSpeed speed = NormSpeed.measure();
        say("%nRMS norm of %d x %d float32: %.1f GB/s; copying as many bytes: %.1f GB/s; ratio %.2f", NormSpeed.SIDE,
                NormSpeed.SIDE, speed.norm() / GIGA, speed.copy() / GIGA, speed.ratio());
        System.exit(right ? 0 : 1);
    }

    private static void say(String format, Object... args) {
        System.out.println(String.format(Locale.ROOT, format, args));
    }
}
