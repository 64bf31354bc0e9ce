package dev.kiln.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A graph that passes work on: every node is lazy, and what comes from outside is a {@link Primitive.Input}. Passes do not
 * change nodes, they build others. All walks are loops, since graphs may be deeper than any stack.
 */
record Graph(List<Node> outputs) {

    /** All nodes, each after its inputs. */
    List<Node> order() {
        return order(Set.of());
    }

    /** The nodes, each after its inputs, that are met on the way to {@code ends}, without those. */
    List<Node> order(Set<Node> ends) {
        Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        seen.addAll(ends);
        List<Node> order = new ArrayList<>();
        ArrayDeque<Visit> path = new ArrayDeque<>();
        for (Node output : outputs) {
            if (seen.add(output)) {
                path.push(new Visit(output));
            }
            while (!path.isEmpty()) {
                Visit top = path.element();
                if (top.next < top.inputs.size()) {
                    Node input = top.inputs.get(top.next++);
                    if (seen.add(input)) {
                        path.push(new Visit(input));
                    }
                } else {
                    order.add(path.pop().node);
                }
            }
        }
        return order;
    }

    /** The graph in which each node, rebuilt on its rewritten inputs, is replaced by what {@code rewrite} makes of it. */
    Graph rewrite(UnaryOperator<Node> rewrite) {
        Map<Node, Node> rewritten = new IdentityHashMap<>();
        for (Node node : order()) {
            Node before = onto(node, rewritten);
            Node after = rewrite.apply(before);
            inherit(after, before.origin());
            rewritten.put(node, after);
        }
        return new Graph(outputs.stream().map(rewritten::get).toList());
    }

    private static Node onto(Node node, Map<Node, Node> rewritten) {
        List<Node> before = node.inputs();
        boolean same = true;
        Node[] inputs = new Node[before.size()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = rewritten.get(before.get(i));
            same &= inputs[i] == before.get(i);
        }
        return same ? node : Node.of(primitive(node), List.of(inputs), node.stream()).from(node.origin());
    }

    /** What a rewrite has made comes from where that comes from which it replaces. */
    private static void inherit(Node made, @Nullable Origin origin) {
        if (origin == null || made.origin() != null) {
            return;
        }
        ArrayDeque<Node> open = new ArrayDeque<>(List.of(made));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (node.origin() == null) {
                node.from(origin).inputs().forEach(open::push);
            }
        }
    }

    /** The primitive of a node of a graph, all of which are lazy. */
    static Primitive primitive(Node node) {
        Primitive primitive = node.primitive();
        if (primitive == null) {
            throw new IllegalStateException("A node inside a graph is not lazy: " + node.spec());
        }
        return primitive;
    }

    private static final class Visit {
        final Node node;
        final List<Node> inputs;
        int next;

        Visit(Node node) {
            this.node = node;
            this.inputs = node.inputs();
        }
    }
}
