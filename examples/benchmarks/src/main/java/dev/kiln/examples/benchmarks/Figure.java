package dev.kiln.examples.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of a row.
 *
 * @param name the row's
 * @param nanos the median time of a call
 * @param rate GB/s or GFLOP/s; 0 if neither says anything
 * @param unit the rate's
 * @param value what the bar is about: a ratio, a time in nanoseconds, or a number of blocks; null if it is unknown
 */
record Figure(String name, double nanos, double rate, String unit, @Nullable Double value) {}
