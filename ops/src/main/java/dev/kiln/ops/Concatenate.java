package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;

/** Arrays of one dtype behind each other along an axis; their other axes agree. */
public record Concatenate(int axis) implements Primitive.Opaque {

    @Override
    public String name() {
        return "concatenate";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        long length = inputs.stream().mapToLong(input -> input.shape().dim(axis)).reduce(0, Math::addExact);
        Spec first = inputs.getFirst();
        return first.with(first.shape().with(axis, length));
    }
}
