/**
 * Rules that move parameters along gradients, and schedules of learning rates, by MLX's names. Rules and their states are values.
 * Depends on {@code dev.kiln.ops}.
 */
@NullMarked
package dev.kiln.ops.optimizers;

import org.jspecify.annotations.NullMarked;
