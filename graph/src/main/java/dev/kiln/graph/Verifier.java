package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.List;

/**
 * Checks what every pass relies on and must keep: all nodes are lazy, each has the spec that its primitive infers from its
 * inputs, leaves are known inputs, and every node runs on a stream of the evaluation. Runs between passes when assertions
 * are enabled, as in tests.
 */
final class Verifier {

    private Verifier() {}

    /**
     * Always true.
     *
     * @param pass what has made the graph, for the message
     * @param inputs how many values from outside there are
     * @throws IllegalStateException if something is wrong with {@code graph}
     */
    static boolean check(String pass, Graph graph, int inputs, List<Stream> streams) {
        for (Node node : graph.order()) {
            Primitive primitive = node.primitive();
            if (primitive == null) {
                throw broken(pass, node.spec() + " is not lazy");
            }
            List<Spec> specs = node.inputs().stream().map(Node::spec).toList();
            if (primitive instanceof Primitive.Input input) {
                if (input.index() < 0 || input.index() >= inputs || !specs.isEmpty()) {
                    throw broken(pass, "input " + input.index() + " is not one of " + inputs);
                }
            } else if (!streams.contains(node.stream())) {
                throw broken(pass, primitive.name() + " is on " + node.stream() + ", which is not one of " + streams);
            }
            Spec inferred = primitive.infer(specs);
            if (!inferred.equals(node.spec())) {
                throw broken(pass, primitive.name() + " of " + specs + " is " + node.spec() + ", not " + inferred);
            }
        }
        return true;
    }

    private static IllegalStateException broken(String pass, String what) {
        return new IllegalStateException("The graph is broken after " + pass + ": " + what + ".");
    }
}
