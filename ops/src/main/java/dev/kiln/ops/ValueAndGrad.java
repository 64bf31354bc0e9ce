package dev.kiln.ops;

/**
 * What a function returned, and its gradient.
 *
 * @param value the function's result: the number that was differentiated, and whatever else it returned
 * @param grad the gradient, in the shape of the argument
 */
public record ValueAndGrad<R, P>(R value, P grad) {}
