/** Tells whether Kiln works on this Mac's GPU, as a report to post. */
@NullMarked
package dev.kiln.examples.metalselftest;

import org.jspecify.annotations.NullMarked;
