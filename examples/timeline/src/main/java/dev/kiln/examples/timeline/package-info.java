/** A timeline of two streams, as a file for trace viewers and as a picture. */
@NullMarked
package dev.kiln.examples.timeline;

import org.jspecify.annotations.NullMarked;
