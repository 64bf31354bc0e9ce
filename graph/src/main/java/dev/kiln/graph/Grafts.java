package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fits decompositions into a graph. A decomposition is written like any program: it may use numbers of its own, and it
 * does not mind on which stream its operations are. Here its numbers become inputs of the plan, behind those that the
 * evaluation brings, and its operations move to the stream of the node that they stand for.
 */
final class Grafts {

    private record Constant(Spec spec, Storage value) {}

    private final int leaves;
    private final List<Storage> values = new ArrayList<>();
    private final Map<Constant, Primitive.Input> known = new HashMap<>();

    /** For a graph whose inputs are numbered up to {@code leaves}. */
    Grafts(int leaves) {
        this.leaves = leaves;
    }

    /** The values of the inputs that grafts brought in, in the order of their numbers. */
    List<Storage> values() {
        return List.copyOf(values);
    }

    /** How many inputs there are: the evaluation's, and those that grafts brought in. */
    int inputs() {
        return leaves + values.size();
    }

    /** The value of the input of this number, which is not one of the evaluation's. */
    Storage value(int number) {
        return values.get(number - leaves);
    }

    /** {@code parts}, which was built on the inputs of {@code node}, in place of {@code node}. */
    Node graft(Node parts, Node node) {
        if (!parts.spec().equals(node.spec())) {
            throw new IllegalStateException("[" + Graph.primitive(node).name() + "] The decomposition of " + node.spec()
                    + " makes " + parts.spec() + ".");
        }
        return graft(List.of(parts), node.inputs(), node.inputs(), node.stream()).getFirst();
    }

    /** The values of {@code call}, whose primitive is a {@link Primitive.Call}. */
    List<Node> inline(Node call) {
        Primitive.Call graph = (Primitive.Call) Graph.primitive(call);
        return graft(graph.results(), graph.parameters(), call.inputs(), call.stream());
    }

    /** {@code parts} rebuilt on {@code stream}, with {@code inputs} in the place of {@code parameters}. */
    private List<Node> graft(List<Node> parts, List<Node> parameters, List<Node> inputs, Stream stream) {
        Map<Node, Node> grafted = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            grafted.put(parameters.get(i), inputs.get(i));
        }
        for (Node part : new Graph(parts).order(grafted.keySet())) {
            grafted.put(part, part.state() instanceof Node.Ready(Storage value)
                    ? Node.of(input(part, value), List.of(), stream)
                    : Node.of(Graph.primitive(part), part.inputs().stream().map(grafted::get).toList(), stream));
        }
        return parts.stream().map(grafted::get).toList();
    }

    private Primitive.Input input(Node constant, Storage value) {
        return known.computeIfAbsent(new Constant(constant.spec(), value), added -> {
            values.add(value);
            return new Primitive.Input(leaves + values.size() - 1, constant.spec(), switch (value) {
                case Storage.Held(Buffer buffer, Layout layout) -> new Layout(0, layout.strides());
                case Storage.Scalar scalar -> Layout.contiguous(constant.shape());
            });
        });
    }
}
