package dev.kiln.ops.optimizers;

/** Parameters after a step, and the state that goes with them. */
public record Updated<P>(P parameters, OptimizerState<P> state) {}
