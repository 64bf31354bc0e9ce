package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Computes equal things once: of nodes with equal primitive, inputs and stream, one remains. */
final class Simplify {

    /** What a node computes, and where. */
    private record Key(Primitive primitive, List<Node> inputs, Stream stream) {}

    private Simplify() {}

    static Graph apply(Graph graph) {
        Map<Key, Node> known = new HashMap<>();
        return graph.rewrite(
                node -> known.computeIfAbsent(new Key(Graph.primitive(node), node.inputs(), node.stream()),
                        key -> node));
    }
}
