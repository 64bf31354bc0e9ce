package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.util.List;

/**
 * Picks slices along an axis. Inputs: the array, and integer indices of any shape, which replaces the axis in the result.
 * Negative indices count from the end; an index out of bounds fails the computation.
 */
public record Take(int axis) implements Primitive.Opaque {

    @Override
    public String name() {
        return "take";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        Shape from = inputs.getFirst().shape();
        return inputs.getFirst().with(
                Shape.shape(Axes.replace(from.toArray(), axis, axis + 1, inputs.get(1).shape().toArray())));
    }
}
