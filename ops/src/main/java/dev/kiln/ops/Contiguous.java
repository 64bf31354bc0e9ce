package dev.kiln.ops;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The same elements row-major without gaps: copied only if they do not lie so already. */
public record Contiguous() implements Primitive.View, Differentiable.ByArgument, Batchable.ByRow {

    @Override
    public String name() {
        return "contiguous";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }

    @Override
    public Optional<Layout> view(Spec input, Layout layout) {
        return Optional.of(layout).filter(there -> there.isContiguous(input.shape()));
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        return cotangent;
    }
}
