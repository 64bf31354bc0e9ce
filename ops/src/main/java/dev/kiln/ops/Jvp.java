package dev.kiln.ops;

/**
 * What a function returned, and the product of its Jacobian with a tangent.
 *
 * @param value the function's result
 * @param tangents those of the result, in its shape
 */
public record Jvp<R>(R value, R tangents) {}
