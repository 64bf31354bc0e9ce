package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Spec;
import dev.kiln.streams.Stream;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A function as the graph that it built on placeholders.
 *
 * @param inputs the placeholders
 * @param outputs what the function made of them
 */
record Traced(List<Node> inputs, List<Node> outputs) {

    /** Calls {@code function} on placeholders of these specs. */
    static Traced of(List<Spec> specs, Stream stream, Function<List<Node>, List<Node>> function) {
        List<Node> inputs = specs.stream().map(spec -> Placeholder.of(spec, stream)).toList();
        return new Traced(inputs, function.apply(inputs));
    }

    /** The function of {@code arguments}: only what its results need is built. */
    List<Node> on(List<Node> arguments) {
        Map<Node, Node> built = new IdentityHashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            built.put(inputs.get(i), arguments.get(i));
        }
        for (Ancestry.Step step : Ancestry.between(inputs, outputs)) {
            List<Node> on = step.inputs().stream().map(input -> built.getOrDefault(input, input)).toList();
            built.put(step.node(), Node.of(step.primitive(), on, step.node().stream()));
        }
        return outputs.stream().map(output -> built.getOrDefault(output, output)).toList();
    }
}
