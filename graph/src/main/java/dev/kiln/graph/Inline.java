package dev.kiln.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts the graphs of calls in the place of the calls, so that they are fused with what stands around them. */
final class Inline {

    private Inline() {}

    static Graph apply(Graph graph, Grafts grafts) {
        Map<Node, List<Node>> inlined = new HashMap<>();
        return graph.rewrite(node -> {
            if (!(Graph.primitive(node) instanceof Primitive.Output output)) {
                return node;
            }
            Node call = node.inputs().getFirst();
            return inlined.computeIfAbsent(call, grafts::inline).get(output.index());
        });
    }
}
