package dev.kiln.ops;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The elements of the first input, not before the others are there. What is computed from it is not taken for what is computed
 * from that input itself, so it is computed again, and late.
 */
public record Depends() implements Primitive.View, Differentiable.ByArgument, Batchable {

    /** {@code a}, after {@code others}. */
    static Array of(Array a, List<Array> others) {
        List<Node> inputs = new ArrayList<>(List.of(a.node()));
        others.forEach(other -> inputs.add(other.node()));
        return Operands.of(new Depends(), Stream.defaultStream(),
                inputs.toArray(Node[]::new));
    }

    @Override
    public String name() {
        return "depends";
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
        return argument == 0 ? cotangent : null;
    }

    @Override
    public Array vmap(Batch inputs) {
        return of(inputs.all(0), inputs.arrays().subList(1, inputs.arrays().size()));
    }
}
