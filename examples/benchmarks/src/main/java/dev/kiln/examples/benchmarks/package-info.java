/** JMH benchmarks. */
@NullMarked
package dev.kiln.examples.benchmarks;

import org.jspecify.annotations.NullMarked;
