package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** The {@link Primitive.Sibling siblings} in a graph that one kernel can make. */
final class Families {

    private record Key(List<Primitive.Sibling> siblings, List<Node> inputs, Stream stream) {}

    private final Map<Node, List<Node>> of = new HashMap<>();

    /** Those among {@code order}. */
    Families(List<Node> order) {
        Map<Key, List<Node>> families = new HashMap<>();
        for (Node node : order) {
            if (Graph.primitive(node) instanceof Primitive.Sibling sibling) {
                List<Node> family = families.computeIfAbsent(
                        new Key(sibling.siblings(), node.inputs(), node.stream()), key -> new ArrayList<>());
                family.add(node);
                of.put(node, family);
            }
        }
    }

    /** The node's family, in the order of the graph; the node alone if it is no sibling. */
    List<Node> of(Node node) {
        return of.getOrDefault(node, List.of(node));
    }

    /** Whether the node is a sibling and others of its family are not asked for, or one of them more than once. */
    boolean isBroken(Node node) {
        return of.containsKey(node) && Graph.primitive(node) instanceof Primitive.Sibling sibling
                && !(of(node).size() == sibling.siblings().size()
                        && new HashSet<>(of(node).stream().map(Graph::primitive).toList()).size() == of(node).size());
    }
}
