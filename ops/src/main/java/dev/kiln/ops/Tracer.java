package dev.kiln.ops;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Tape;
import dev.kiln.streams.Stream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An argument of a function that is being transformed: the same elements, and an edge for the transform to stop at. */
public record Tracer() implements Primitive.View, Differentiable.ByArgument, Identity, Batchable.ByRow {

    /** {@code x} as an argument of the function that {@code trace} stands for. */
    static Node of(Tape trace, Node x) {
        return trace.tracer(new Tracer(), x, x.isReady() ? Stream.defaultStream() : x.stream());
    }

    @Override
    public String name() {
        return "tracer";
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
        return cotangent;
    }
}
