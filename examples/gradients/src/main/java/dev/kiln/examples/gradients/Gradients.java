package dev.kiln.examples.gradients;

import dev.kiln.ops.Explain;
import dev.kiln.ops.Random;
import java.util.Locale;

/** Fits a network of two layers to a function, and shows which kernels a step of training takes. */
final class Gradients {

    private static final int HIDDEN = 64;
    private static final int STEPS = 2000;
    private static final int REPORTS = 10;
    private static final double GOOD = 0.02;

    private Gradients() {}

    /** Exits with 0, or with 1 if the network did not learn. */
    public static void main(String[] args) {
        if (args.length > 0) {
            System.err.println("gradients takes no arguments.");
            System.exit(2);
        }
        Random.seed(7);
        Network network = Network.random(HIDDEN, Random.key(1));
        say("Fitting sin(5 x) + x² on [-1, 1], %d hidden units with an RMS norm, %d steps of gradient descent%n",
                HIDDEN,
                STEPS);
        long start = System.nanoTime();
        float loss = Float.NaN;
        for (int i = 1; i <= STEPS; i++) {
            Training.Step step = Training.eval(Training.STEP.apply(network));
            network = step.network();
            loss = step.loss().itemFloat();
            if (i == 1 || i % (STEPS / REPORTS) == 0) {
                say("step %5d  loss %.4f", i, loss);
            }
        }
        say("%n%.0f µs a step; traced %d time(s)", (System.nanoTime() - start) / 1e3 / STEPS, Training.STEP.traces());
        say("%nA compiled step, value and gradient and update together:%n%n%s",
                Explain.of(Training.arrays(Training.STEP.apply(network))));
        System.exit(loss < GOOD ? 0 : 1);
    }

    private static void say(String format, Object... args) {
        System.out.println(String.format(Locale.ROOT, format, args));
    }
}
