package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What a function did when it was traced. Two compilations are never the same, so that a plan finds its own at once. */
final class Compilation<R> implements Primitive.Call {

    private final Traced traced;
    private final Tree<R> result;
    private final int keys;
    private final boolean onOneStream;

    private Compilation(Traced traced, Tree<R> result, int keys) {
        this.traced = traced;
        this.result = result;
        this.keys = keys;
        Stream stream = Stream.defaultStream();
        onOneStream = Ancestry.between(traced.inputs(), traced.outputs()).stream()
                .allMatch(step -> step.node().stream().equals(stream));
    }

    /**
     * Calls {@code function} with placeholders.
     *
     * @param captured arrays that the function uses without being given them
     * @throws IllegalArgumentException if it uses others
     */
    static <P, R> Compilation<R> of(Function<P, R> function, Tree<P> argument, List<Array> captured) {
        try (Tracing tracing = new Tracing()) {
            List<Node> given = argument.leaves().stream().map(leaf -> tracing.placeholder(leaf.node().spec())).toList();
            Tree<R> result = Tree.of(Operands.require("compile", "result", tracing
                    .call(() -> function.apply(argument.with(given.stream().map(Array::new).toList())))));
            List<Node> sources = new ArrayList<>(given);
            captured.forEach(array -> sources.add(array.node()));
            sources.addAll(tracing.keys());
            List<Node> parameters = new ArrayList<>(given);
            captured.forEach(array -> parameters.add(tracing.placeholder(array.node().spec())));
            parameters.addAll(tracing.keys());
            List<Node> ends = result.leaves().stream().map(Array::node).toList();
            List<Node> recognised = Recognition.of(sources, new Traced(sources, ends).on(parameters));
            requireCaptured(tracing, recognised);
            return new Compilation<>(new Traced(parameters, recognised), result, tracing.keys().size());
        }
    }

    private static void requireCaptured(Tracing tracing, List<Node> outputs) {
        for (Node node : Ancestry.all(outputs)) {
            if (node.primitive() == null && !tracing.hasMade(node)) {
                throw new IllegalArgumentException(
                        "[compile] Attempting to compile a function with uncaptured inputs is not allowed. It uses an array, "
                                + node.spec()
                                + ", that is neither an argument nor made by it, so a later call would not"
                                + " see another in its place: pass the array as an argument, or give compile a supplier"
                                + " of what the function captures.");
            }
        }
    }

    /** The function of {@code arguments}, then what it captures. */
    R on(List<Array> arguments) {
        List<Node> inputs = new ArrayList<>(arguments.stream().map(Array::node).toList());
        for (int i = 0; i < keys; i++) {
            inputs.add(KeySequence.current().draw().node());
        }
        List<Node> values = onOneStream ? Node.of(this, inputs, Stream.defaultStream()) : traced.on(inputs);
        return result.with(values.stream().map(Array::new).toList());
    }

    @Override
    public String name() {
        return "compiled";
    }

    @Override
    public List<Node> parameters() {
        return traced.inputs();
    }

    @Override
    public List<Node> results() {
        return traced.outputs();
    }
}
