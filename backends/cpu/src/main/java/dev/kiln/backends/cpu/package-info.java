/** The CPU backend. Vector API code lives in the subpackage {@code vector} alone. */
@NullMarked
package dev.kiln.backends.cpu;

import org.jspecify.annotations.NullMarked;
