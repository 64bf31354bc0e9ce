package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
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

    /** {@code parts}, which was built on the inputs of {@code node}, in place of {@code node}. */
    Node graft(Node parts, Node node) {
        if (!parts.spec().equals(node.spec())) {
            throw new IllegalStateException("[" + Graph.primitive(node).name() + "] The decomposition of " + node.spec()
                    + " makes " + parts.spec() + ".");
        }
        Map<Node, Node> grafted = new IdentityHashMap<>();
        node.inputs().forEach(input -> grafted.put(input, input));
        return graft(parts, node.stream(), grafted);
    }

    /** Recursion is as deep as one decomposition, not as the graph. */
    private Node graft(Node part, Stream stream, Map<Node, Node> grafted) {
        Node done = grafted.get(part);
        if (done == null) {
            List<Node> inputs = new ArrayList<>();
            for (Node input : part.inputs()) {
                inputs.add(graft(input, stream, grafted));
            }
            done = Node.of(part.state() instanceof Node.Ready(Storage value)
                    ? input(part, value)
                    : Graph.primitive(part), inputs, stream);
            grafted.put(part, done);
        }
        return done;
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
