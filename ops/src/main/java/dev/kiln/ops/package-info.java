/** The array handle and the operations on it. Depends on graph; knows no backend. */
@NullMarked
package dev.kiln.ops;

import org.jspecify.annotations.NullMarked;
