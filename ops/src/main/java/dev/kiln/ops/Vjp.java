package dev.kiln.ops;

/**
 * What a function returned, and the product of a cotangent with its Jacobian.
 *
 * @param value the function's result
 * @param cotangents those of the arguments, in their shape
 */
public record Vjp<R, P>(R value, P cotangents) {}
