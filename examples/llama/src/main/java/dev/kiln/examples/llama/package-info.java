/** Text generation with a Llama model. */
@NullMarked
package dev.kiln.examples.llama;

import org.jspecify.annotations.NullMarked;
