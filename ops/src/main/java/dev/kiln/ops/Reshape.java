package dev.kiln.ops;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The same elements in the same row-major order under another shape. */
public record Reshape(Shape shape) implements Primitive.View, Differentiable.ByArgument, Batchable {

    @Override
    public String name() {
        return "reshape";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst().with(shape);
    }

    @Override
    public Optional<Layout> view(Spec input, Layout layout) {
        return layout.reshape(input.shape(), shape);
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        return Ops.reshape(cotangent, primals.getFirst().shape());
    }

    @Override
    public Array vmap(Batch inputs) {
        return Ops.reshape(inputs.get(0), inputs.with(shape));
    }
}
