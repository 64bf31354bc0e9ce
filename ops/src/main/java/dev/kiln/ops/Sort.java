package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;

/** The elements of each row, along the last axis, in ascending order; NaN comes last. Complex numbers have no order. */
public record Sort() implements Primitive.Opaque {

    @Override
    public String name() {
        return "sort";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }
}
