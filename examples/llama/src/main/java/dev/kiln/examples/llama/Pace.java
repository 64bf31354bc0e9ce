package dev.kiln.examples.llama;

import java.util.Locale;

/** Counts tokens and seconds: the prompt's, whose tokens are computed together, and those of the tokens after. */
final class Pace {

    private static final double NANOS_PER_SECOND = 1e9;

    private final int promptTokens;
    private final long start = System.nanoTime();
    private long firstStep;
    private long lastStep;
    private int steps;

    Pace(int promptTokens) {
        this.promptTokens = promptTokens;
    }

    /** One more token was made. */
    void step() {
        lastStep = System.nanoTime();
        if (steps++ == 0) {
            firstStep = lastStep;
        }
    }

    @Override
    public String toString() {
        if (steps == 0) {
            return "No tokens made.";
        }
        double prompt = (firstStep - start) / NANOS_PER_SECOND;
        double rest = (lastStep - firstStep) / NANOS_PER_SECOND;
        String first = String.format(Locale.ROOT, "prompt of %d tokens: %.2f s", promptTokens, prompt);
        return steps == 1
                ? first
                : String.format(Locale.ROOT, "%s; then %d tokens in %.2f s: %.1f tokens/s", first,
                        steps - 1, rest, (steps - 1) / rest);
    }
}
