package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Ancestry.Step;
import dev.kiln.ops.Batchable.Batch;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A function's graph done for each element of an axis at once: each of its nodes gets that axis, in front. */
final class Vectorised {

    private Vectorised() {}

    /**
     * What becomes of {@code outputs} when {@code placeholders} are given one more axis.
     *
     * @param batched a node for each placeholder, with the axis in front
     * @return an entry for each output; null if it does not depend on a placeholder
     */
    static List<@Nullable Array> map(List<Node> placeholders, List<Node> batched, long size, List<Node> outputs) {
        Map<Node, Node> known = new IdentityHashMap<>();
        for (int i = 0; i < placeholders.size(); i++) {
            known.put(placeholders.get(i), batched.get(i));
        }
        for (Step step : Ancestry.between(placeholders, outputs)) {
            Set<Integer> mapped = step.among(known.keySet());
            Batch inputs = new Batch(
                    step.inputs().stream().map(input -> new Array(known.getOrDefault(input, input))).toList(),
                    mapped, size);
            Array result = Rules.on(step.node().stream(), () -> step(step, inputs));
            if (!result.shape().equals(inputs.with(step.node().shape())) || result.dtype() != step.node().dtype()) {
                throw new IllegalStateException("[" + step.primitive().name() + "] Vectorised over " + size + ", "
                        + step.node().spec() + " became " + result.node().spec() + ".");
            }
            known.put(step.node(), result.node());
        }
        List<@Nullable Array> results = new ArrayList<>();
        for (Node output : outputs) {
            Node result = known.get(output);
            results.add(result == null ? null : new Array(result));
        }
        return results;
    }

    private static Array step(Step step, Batch inputs) {
        return switch (step.primitive()) {
            case Batchable rule -> rule.vmap(inputs);
            case Primitive.Elementwise elementwise -> inputs.apply(elementwise);
            default -> parts(step.primitive(), inputs);
        };
    }

    /** Through the parts. */
    static Array parts(Primitive primitive, Batch inputs) {
        List<Node> placeholders = new ArrayList<>();
        List<Node> batched = new ArrayList<>();
        List<Node> all = new ArrayList<>();
        for (int i = 0; i < inputs.arrays().size(); i++) {
            Node node = inputs.get(i).node();
            if (inputs.isMapped(i)) {
                batched.add(node);
                node = Placeholder.of(node.spec().with(inputs.shape(i)), node.stream());
                placeholders.add(node);
            }
            all.add(node);
        }
        Optional<Node> parts = primitive.decompose(all);
        if (parts.isEmpty()) {
            throw Rules.missing("vmap", primitive, all);
        }
        Array result = map(placeholders, batched, inputs.size(), List.of(parts.get())).getFirst();
        return result != null
                ? result
                : new Batch(List.of(new Array(parts.get())), new HashSet<>(), inputs.size()).all(0);
    }

    /** A norm whose weight, or bias, may be one for each: it stays one norm, and what is for each comes behind it. */
    static Array norm(Primitive.RowWise norm, Batch inputs) {
        if (inputs.mapped().equals(Set.of(0))) {
            return Operands.of(norm, Stream.defaultStream(),
                    inputs.arrays().stream().map(Array::node).toArray(Node[]::new));
        }
        Array x = inputs.get(0);
        Array result = Operands.of(norm, Stream.defaultStream(), x.node());
        int rank = inputs.shape(0).rank() + 1;
        Shape whole = inputs.with(inputs.shape(0));
        result = result.multiply(Ops.broadcastTo(inputs.spread(1, rank), whole).astype(x.dtype()));
        return inputs.arrays().size() < 3
                ? result
                : result.add(Ops.broadcastTo(inputs.spread(2, rank), whole).astype(x.dtype()));
    }
}
