/** Kernels written with the Vector API; the only package that may import it. */
@NullMarked
package dev.kiln.backends.cpu.vector;

import org.jspecify.annotations.NullMarked;
