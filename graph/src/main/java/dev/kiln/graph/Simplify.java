package dev.kiln.graph;

import com.google.common.base.Equivalence;
import com.google.common.base.Equivalence.Wrapper;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Computes equal things once: of nodes with equal primitive, inputs and stream, one remains. */
final class Simplify {

    private record Key(Primitive primitive, List<Wrapper<Object>> inputs, Wrapper<Object> stream) {}

    private Simplify() {}

    static Graph apply(Graph graph) {
        Map<Key, Node> known = new HashMap<>();
        return graph.rewrite(node -> known.computeIfAbsent(new Key(Graph.primitive(node),
                node.inputs().stream().map(Simplify::identity).toList(), identity(node.stream())), key -> node));
    }

    private static Wrapper<Object> identity(Object of) {
        return Equivalence.identity().wrap(of);
    }
}
