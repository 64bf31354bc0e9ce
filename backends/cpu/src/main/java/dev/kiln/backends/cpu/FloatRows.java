package dev.kiln.backends.cpu;

/**
 * Loops along one row: the {@code cols} elements of a register from {@code at} on. Statistics accumulate in the lane
 * (float32 or float64) in several partial results, in an order that depends on {@code cols} alone; they are returned
 * as {@code double} whatever the lane. Loops that write touch no element outside the row; {@code out} may be the input.
 */
public interface FloatRows {
    /** {@code value} rounded to the lane. */
    double narrow(double value);

    /** The sum; 0 for an empty row. */
    double sum(Reg x, int at, int cols);

    /** The sum of the squares. */
    double sumOfSquares(Reg x, int at, int cols);

    /** The sum of {@code (x - mean)^2}. */
    double sumOfSquaredDeviations(Reg x, int at, int cols, double mean);

    /** The sum of {@code (x - shift) * u}. */
    double dot(Reg x, Reg u, int at, int cols, double shift);

    /** The sum of {@code exp(x - shift)}. */
    double sumOfExp(Reg x, int at, int cols, double shift);

    /** The product; 1 for an empty row. */
    double product(Reg x, int at, int cols);

    /** The largest element, or NaN if there is one; negative infinity for an empty row. */
    double max(Reg x, int at, int cols);

    /** The smallest element, or NaN if there is one; positive infinity for an empty row. */
    double min(Reg x, int at, int cols);

    /** Where in the row the first element equal to {@code value} is, NaN being equal to NaN; 0 if there is none. */
    int indexOf(Reg x, int at, int cols, double value);

    /** {@code out = x * factor}. */
    void scale(Reg out, Reg x, int at, int cols, double factor);

    /** {@code out = (x - mean) * factor}. */
    void standardize(Reg out, Reg x, int at, int cols, double mean, double factor);

    /** {@code out = factor * (u + slope * (x - shift) + level)}. */
    void combine(Reg out, Reg x, Reg u, int at, int cols, double factor, double slope, double shift, double level);

    /** {@code out = exp(x - shift)}. */
    void exp(Reg out, Reg x, int at, int cols, double shift);

    /** Where the first maximum is, a NaN counting as one. */
    default int argmax(Reg x, int at, int cols) {
        return indexOf(x, at, cols, max(x, at, cols));
    }

    /** Where the first minimum is, a NaN counting as one. */
    default int argmin(Reg x, int at, int cols) {
        return indexOf(x, at, cols, min(x, at, cols));
    }

    /** The mean. */
    default double mean(Reg x, int at, int cols) {
        return narrow(sum(x, at, cols) / cols);
    }

    /** The mean of the squared deviations from {@code mean}. */
    default double variance(Reg x, int at, int cols, double mean) {
        return narrow(sumOfSquaredDeviations(x, at, cols, mean) / cols);
    }

    /** {@code 1 / sqrt(value + eps)}: of a variance for a layer norm, of a mean square for an RMS norm. */
    default double inverseRoot(double value, double eps) {
        return narrow(1 / Math.sqrt(narrow(value + narrow(eps))));
    }

    /**
     * The factor of an RMS norm, {@code 1 / sqrt(mean(x^2) + eps)}. The norm is then {@link #scale} by it,
     * {@link Loops#round} to the output's dtype, multiplication by the weight, and rounding again.
     */
    default double inverseRms(Reg x, int at, int cols, double eps) {
        return inverseRoot(narrow(sumOfSquares(x, at, cols) / cols), eps);
    }

    /** {@code out = exp(x - max(x)) / sum(exp(x - max(x)))}. */
    default void softmax(Reg out, Reg x, int at, int cols) {
        exp(out, x, at, cols, max(x, at, cols));
        scale(out, out, at, cols, 1 / sum(out, at, cols));
    }

    /** {@code log(sum(exp(x)))} without overflow. */
    default double logSumExp(Reg x, int at, int cols) {
        double max = max(x, at, cols);
        return Double.isInfinite(max) ? max : narrow(max + narrow(Math.log(sumOfExp(x, at, cols, max))));
    }
}
