package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.util.List;

/**
 * The whole numbers from 0 to {@code count - 1}, in int32, int64, float32 or float64. Start and step are not part of it but
 * multiplied and added, as inputs of the plan: a range that moves is not planned again.
 */
public record Arange(long count, DType dtype) implements Primitive.Opaque {

    @Override
    public String name() {
        return "arange";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return new Spec(Shape.shape(count), dtype);
    }
}
