/** An example that trains: a network of two layers learns a function. */
@NullMarked
package dev.kiln.examples.gradients;

import org.jspecify.annotations.NullMarked;
