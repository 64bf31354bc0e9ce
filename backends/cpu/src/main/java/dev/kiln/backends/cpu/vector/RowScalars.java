package dev.kiln.backends.cpu.vector;

/**
 * What is computed between the passes along a row, from the row's numbers and its length: in double, and rounded where
 * {@link dev.kiln.backends.cpu.FloatRows} rounds.
 */
final class RowScalars {

    private RowScalars() {}

    static float mean(float sum, int columns) {
        return (float) ((double) sum / columns);
    }

    static float inverseRoot(float value, float eps) {
        return (float) (1 / Math.sqrt((float) ((double) value + eps)));
    }

    static float reciprocal(float value) {
        return (float) (1 / (double) value);
    }

    static float negative(float value) {
        return -value;
    }

    /** How much of {@code x - mean} a norm's gradient takes away from u. */
    static float slope(float inverse, float dot, int columns) {
        return (float) (-(double) inverse * inverse * ((double) dot / columns));
    }
}
