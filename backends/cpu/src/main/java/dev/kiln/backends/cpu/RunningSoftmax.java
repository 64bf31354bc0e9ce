package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import java.util.Arrays;

/**
 * A softmax whose scores come some at a time, and sums that are weighted by it: those so far are relative to the largest score so
 * far (Milakov and Gimelshein 2018, arXiv:1805.02867).
 *
 * @param sums for each row {@code width} sums
 * @param largest for each row the largest score so far
 * @param total for each row the sum of weights so far
 */
record RunningSoftmax(Reg scores, Reg sums, int width, Reg largest, Reg total) {

    private static final FloatRows ALONG = Loops.get().floatRows(DType.FLOAT32);

    /** Begins with nothing seen. */
    void begin(int rows) {
        Arrays.fill(sums.f(), 0, rows * width, 0);
        Arrays.fill(largest.f(), 0, rows, Float.NEGATIVE_INFINITY);
        Arrays.fill(total.f(), 0, rows, 0);
    }

    /**
     * Turns a row's next scores, from {@code at} on, into weights, and the sums before into sums with such weights.
     *
     * @param visible how many of {@code count} scores count; the weights of the others are 0
     */
    void weigh(int row, int at, int visible, int count) {
        Arrays.fill(scores.f(), at + visible, at + count, 0);
        float before = largest.f()[row];
        float now = Math.max(before, (float) ALONG.max(scores, at, visible));
        if (now == Float.NEGATIVE_INFINITY) { // nothing is seen yet
            Arrays.fill(scores.f(), at, at + visible, 0);
            return;
        }
        if (now != before && before != Float.NEGATIVE_INFINITY) {
            float correction = (float) Math.exp(before - now);
            ALONG.scale(sums, sums, row * width, width, correction);
            total.f()[row] *= correction;
        }
        largest.f()[row] = now;
        ALONG.exp(scores, scores, at, visible, now);
        total.f()[row] += (float) ALONG.sum(scores, at, visible);
    }

    /** Divides the sums by those of the weights: 0 for a row that sees nothing. */
    void divide(int rows) {
        for (int row = 0; row < rows; row++) {
            float weights = total.f()[row];
            ALONG.scale(sums, sums, row * width, width, weights == 0 ? 0 : 1 / weights);
        }
    }
}
