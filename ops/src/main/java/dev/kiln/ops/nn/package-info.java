/**
 * Layers, activations and losses of neural networks, by MLX's names. A layer is a record of its parameters, so a model is an
 * immutable tree, its gradient is a model, and the transforms, optimizers and files take it as it is. Depends on
 * {@code dev.kiln.ops}.
 */
@NullMarked
package dev.kiln.ops.nn;

import org.jspecify.annotations.NullMarked;
