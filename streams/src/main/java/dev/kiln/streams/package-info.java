/**
 * Where and in which order work runs: devices, streams, the events between them and the threads behind them. Knows
 * nothing of graphs or arrays.
 */
@NullMarked
package dev.kiln.streams;

import org.jspecify.annotations.NullMarked;
