/** Training of a small Llama on the sources that every JDK brings along, or on any text. */
@NullMarked
package dev.kiln.examples.train;

import org.jspecify.annotations.NullMarked;
