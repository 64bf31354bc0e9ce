package dev.kiln.ops;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The same elements repeated along new axes and axes of length 1. */
public record Broadcast(Shape shape) implements Primitive.View, Differentiable.ByArgument, Batchable {

    @Override
    public String name() {
        return "broadcast_to";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst().with(shape);
    }

    @Override
    public Optional<Layout> view(Spec input, Layout layout) {
        return Optional.of(layout.broadcast(input.shape(), shape));
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        return Reductions.onto(primals.getFirst().shape(), cotangent);
    }

    @Override
    public Array vmap(Batch inputs) {
        int lead = shape.rank() - inputs.shape(0).rank();
        return Ops.broadcastTo(inputs.spread(0, inputs.get(0).ndim() + lead), inputs.with(shape));
    }
}
