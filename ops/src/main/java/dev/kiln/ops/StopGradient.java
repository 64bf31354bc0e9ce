package dev.kiln.ops;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The same elements, taken for constants by whoever differentiates. */
public record StopGradient() implements Primitive.View, Differentiable.ByArgument, Identity, Batchable.ByRow {

    @Override
    public String name() {
        return "stop_gradient";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }

    @Override
    public Optional<Layout> view(Spec input, Layout layout) {
        return Optional.of(layout);
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        return null;
    }
}
