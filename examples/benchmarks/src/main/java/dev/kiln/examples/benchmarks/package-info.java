/**
 * JMH benchmarks through the public API, the table they are printed in, and the figures last accepted. Each benchmark compares
 * its result with a plain loop before it is timed. May depend on everything.
 */
@NullMarked
package dev.kiln.examples.benchmarks;

import org.jspecify.annotations.NullMarked;
