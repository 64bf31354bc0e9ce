package dev.kiln.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A graph that passes work on: every node is lazy, and what comes from outside is a {@link Primitive.Input}. Passes do not
 * change nodes, they build others. All walks are loops, since graphs may be deeper than any stack.
 */
final class Graph {

    private final List<Node> outputs;
    /** Found when a pass first asks; most passes change little or nothing. */
    private @Nullable List<Node> order;

    Graph(List<Node> outputs) {
        this.outputs = outputs;
    }

    List<Node> outputs() {
        return outputs;
    }

    /** All nodes, each after its inputs. */
    List<Node> order() {
        List<Node> known = order;
        if (known == null) {
            known = order(outputs, Set.of());
            order = known;
        }
        return known;
    }

    /**
     * All nodes, each after its inputs, and on the way to the outputs that are reached soonest first. What a later output needs
     * as well is there early then, and what only an early one needs is not kept until the end: a weight's gradient is computed
     * as soon as that of its layer's output is known, which is needed no more afterwards, and no more is the layer's input.
     */
    List<Node> orderByHeight() {
        List<Node> asListed = order();
        if (outputs.size() < 3) {
            return asListed;
        }
        Map<Node, Integer> heights = new HashMap<>();
        for (Node node : asListed) {
            int height = 0;
            for (Node input : node.inputs()) {
                height = Math.max(height, 1 + heights.getOrDefault(input, 0));
            }
            heights.put(node, height);
        }
        return order(outputs.stream().sorted(Comparator.comparingInt(node -> heights.getOrDefault(node, 0))).toList(),
                Set.of());
    }

    /** The nodes, each after its inputs, that are met on the way to {@code ends}, without those. */
    List<Node> order(Set<Node> ends) {
        return order(outputs, ends);
    }

    private static List<Node> order(List<Node> outputs, Set<Node> ends) {
        Set<Node> seen = new HashSet<>(ends);
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

    /**
     * The graph in which each node, rebuilt on its rewritten inputs, is replaced by what {@code rewrite} makes of it: this one
     * if it makes the same of each.
     */
    Graph rewrite(UnaryOperator<Node> rewrite) {
        Map<Node, Node> changed = new HashMap<>();
        for (Node node : order()) {
            Node before = onto(node, changed);
            Node after = rewrite.apply(before);
            if (!after.equals(node)) {
                inherit(after, before.origin());
                changed.put(node, after);
            }
        }
        return changed.isEmpty()
                ? this
                : new Graph(outputs.stream().map(output -> changed.getOrDefault(output, output)).toList());
    }

    private static Node onto(Node node, Map<Node, Node> changed) {
        if (changed.isEmpty()) {
            return node;
        }
        List<Node> before = node.inputs();
        Node[] inputs = new Node[before.size()];
        boolean same = true;
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = changed.getOrDefault(before.get(i), before.get(i));
            same &= inputs[i].equals(before.get(i));
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
