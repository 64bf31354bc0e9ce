package dev.kiln.graph;

import java.util.Optional;

/** Replaces what a node's device has no kernel for by its decomposition, until all that is left has one. */
final class Lower {

    private Lower() {}

    static Graph apply(Graph graph, Grafts grafts) {
        Graph before = graph;
        while (true) {
            boolean[] changed = {false};
            Graph after = before.rewrite(node -> {
                Optional<Node> parts = parts(node);
                changed[0] |= parts.isPresent();
                return parts.isPresent() ? grafts.graft(parts.get(), node) : node;
            });
            if (!changed[0]) {
                return before;
            }
            before = after;
        }
    }

    private static Optional<Node> parts(Node node) {
        Primitive primitive = Graph.primitive(node);
        if (primitive instanceof Primitive.Input || primitive instanceof Primitive.View) {
            return Optional.empty();
        }
        Backend.Fit fit = fit(node);
        if (fit == Backend.Fit.ALONE || fit == Backend.Fit.FUSIBLE) {
            return Optional.empty();
        }
        Optional<Node> parts = primitive.decompose(node.inputs());
        if (parts.isEmpty() && fit == Backend.Fit.NONE) {
            throw new UnsupportedOperationException("[" + primitive.name() + "] Device " + node.stream().device()
                    + " has no kernel for " + node.inputs().stream().map(Node::spec).toList() + " -> " + node.spec()
                    + ", and the operation has no decomposition.");
        }
        return parts;
    }

    static Backend.Fit fit(Node node) {
        return Backends.of(node.stream().device()).fit(Graph.primitive(node),
                node.inputs().stream().map(Node::spec).toList(), node.spec());
    }
}
