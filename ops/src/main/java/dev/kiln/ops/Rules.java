package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.ops.Ancestry.Step;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Applies the rules of primitives, and derives those that they do not have. */
final class Rules {

    private Rules() {}

    /** The cotangents of the wanted inputs of a step; see {@link Differentiable#vjps}. */
    static List<@Nullable Array> vjps(Step step, Set<Integer> wanted, Array cotangent) {
        return on(step.node().stream(), () -> vjps("vjp", step, wanted, cotangent));
    }

    private static List<@Nullable Array> vjps(String function, Step step, Set<Integer> wanted, Array cotangent) {
        return step.primitive() instanceof Differentiable rule
                ? rule.vjps(wanted, step.primals(), new Array(step.node()), cotangent)
                : decomposed(function, step, wanted, cotangent);
    }

    /** The cotangents of the wanted inputs of a primitive through its decomposition. */
    static List<@Nullable Array> vjpsOfParts(Primitive primitive, Set<Integer> wanted, List<Array> primals,
            Array result, Array cotangent) {
        return decomposed("vjp", new Step(result.node(), primitive, primals.stream().map(Array::node).toList()),
                wanted, cotangent);
    }

    /** Through the parts, on placeholders first: what the gradient does not need is not built on the program's nodes. */
    private static List<@Nullable Array> decomposed(String function, Step step, Set<Integer> wanted,
            Array cotangent) {
        int count = step.inputs().size();
        List<Integer> order = wanted.stream().sorted().toList();
        List<Integer> found = new ArrayList<>();
        List<Spec> specs = new ArrayList<>(step.inputs().stream().map(Node::spec).toList());
        specs.add(step.node().spec());
        Traced pulled = Traced.of(specs, step.node().stream(), inputs -> {
            List<Node> parts = List.of(parts(function, step, inputs.subList(0, count)));
            List<Node> sources = order.stream().map(inputs::get).toList();
            List<@Nullable Array> cotangents = Reverse.pull(sources, parts, List.of(new Array(inputs.get(count))));
            List<Node> there = new ArrayList<>();
            for (int i = 0; i < order.size(); i++) {
                Array one = cotangents.get(i);
                if (one != null) {
                    found.add(order.get(i));
                    there.add(one.node());
                }
            }
            return there;
        });
        List<Node> arguments = new ArrayList<>(step.inputs());
        arguments.add(cotangent.node());
        List<Node> results = pulled.on(arguments);
        var all = new @Nullable Array[count];
        for (int i = 0; i < results.size(); i++) {
            all[found.get(i)] = new Array(results.get(i));
        }
        return Arrays.asList(all);
    }

    private static Node parts(String function, Step step, List<Node> inputs) {
        Optional<Node> parts = step.primitive().decompose(inputs);
        return parts.orElseThrow(() -> missing(function, step.primitive(), step.inputs()));
    }

    /** MLX's text, and on what. */
    static IllegalArgumentException missing(String function, Primitive primitive, List<Node> inputs) {
        return new IllegalArgumentException("[Primitive::" + function + "] Not implemented for " + primitive.name()
                + ". It was called with " + inputs.stream().map(Node::spec).toList()
                + "; give the function around it its own " + function + " with customFunction.");
    }

    /** Runs {@code action} with {@code stream} as default. */
    static <T extends @Nullable Object> T on(Stream stream, Supplier<T> action) {
        return stream.equals(Stream.defaultStream()) ? action.get() : stream.call(action);
    }

    /**
     * The tangent of a step's result: the transpose of its vector-Jacobian product, which is linear in the cotangent. It is
     * worked out on placeholders, of which only what is left after transposing is built on the arguments.
     *
     * @param tangents by number of the input
     * @return null if the result does not depend smoothly on any of the inputs
     */
    static @Nullable Array jvp(Step step, Map<Integer, Array> tangents) {
        return on(step.node().stream(), () -> step.primitive() instanceof Differentiable.Forward rule
                ? rule.jvp(step.primals(), tangents)
                : transposed(step, tangents));
    }

    private static @Nullable Array transposed(Step step, Map<Integer, Array> tangents) {
        int count = step.inputs().size();
        List<Integer> moving = tangents.keySet().stream().sorted().toList();
        List<Spec> specs = new ArrayList<>(step.inputs().stream().map(Node::spec).toList());
        specs.add(step.node().spec()); // the result
        moving.forEach(argument -> specs.add(specs.get(argument)));
        Traced pushed = Traced.of(specs, step.node().stream(), inputs -> {
            Node seed = Placeholder.of(step.node().spec(), step.node().stream());
            Step there = new Step(inputs.get(count), step.primitive(), inputs.subList(0, count));
            List<@Nullable Array> pulled = vjps("jvp", there, Set.copyOf(moving), new Array(seed));
            List<Node> ends = new ArrayList<>();
            List<Array> weights = new ArrayList<>();
            for (int i = 0; i < moving.size(); i++) {
                Array end = pulled.get(moving.get(i));
                if (end != null) {
                    ends.add(end.node());
                    weights.add(new Array(inputs.get(count + 1 + i)));
                }
            }
            Array tangent = Reverse.pull(List.of(seed), ends, weights).getFirst();
            return tangent == null ? List.of() : List.of(tangent.node());
        });
        List<Node> arguments = new ArrayList<>(step.inputs());
        arguments.add(step.node());
        moving.forEach(argument -> arguments.add(Objects.requireNonNull(tangents.get(argument)).node()));
        List<Node> result = pushed.on(arguments);
        return result.isEmpty() ? null : new Array(result.getFirst());
    }
}
