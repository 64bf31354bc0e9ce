package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;

/** MLX's {@code where}: from a bool condition and two arrays of one dtype, all of one shape. */
public record Select() implements Primitive.Elementwise {

    @Override
    public String name() {
        return "where";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.get(1);
    }
}
