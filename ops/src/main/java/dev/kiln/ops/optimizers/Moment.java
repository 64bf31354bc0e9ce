package dev.kiln.ops.optimizers;

import dev.kiln.ops.Array;

/**
 * Where in training a step is.
 *
 * @param step its number, counted from 1, an int32 scalar
 * @param rate the learning rate, a float32 scalar
 */
public record Moment(Array step, Array rate) {}
