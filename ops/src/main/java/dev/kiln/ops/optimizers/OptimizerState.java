package dev.kiln.ops.optimizers;

import dev.kiln.ops.Array;
import java.util.Map;

/**
 * What an optimizer remembers: a tree, to be evaluated, saved and handed to compiled functions like any other.
 *
 * @param step how many steps were taken, an int32 scalar
 * @param slots trees like the parameters, by name: moments, for example
 */
public record OptimizerState<P>(Array step, Map<String, P> slots) {}
