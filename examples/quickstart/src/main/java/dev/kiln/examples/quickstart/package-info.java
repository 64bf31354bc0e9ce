/** The first program a user would write. */
@NullMarked
package dev.kiln.examples.quickstart;

import org.jspecify.annotations.NullMarked;
