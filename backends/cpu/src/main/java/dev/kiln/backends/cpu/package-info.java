/**
 * The CPU backend: one table from primitive to kernel, and the kernels. The plain implementation is here; what imports
 * {@code jdk.incubator.vector} is in the package {@code vector} and is used where that module is present.
 */
@NullMarked
package dev.kiln.backends.cpu;

import org.jspecify.annotations.NullMarked;
