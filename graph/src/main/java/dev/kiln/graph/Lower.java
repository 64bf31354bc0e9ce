package dev.kiln.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Replaces what a node's device has no kernel for by its decomposition, until all that is left has one. So are siblings whose
 * family is not there: by themselves their parts are as good, and can be fused.
 */
final class Lower {

    private Lower() {}

    static Graph apply(Graph graph, Grafts grafts) {
        Graph before = graph;
        while (true) {
            Families families = new Families(before.order());
            Graph after = before.rewrite(
                    node -> parts(node, families).map(parts -> grafts.graft(parts, node)).orElse(node));
            if (after.equals(before)) {
                return before;
            }
            before = after;
        }
    }

    private static Optional<Node> parts(Node node, Families families) {
        Primitive primitive = Graph.primitive(node);
        if (primitive instanceof Primitive.Input || primitive instanceof Primitive.View) {
            return Optional.empty();
        }
        Backend.Fit fit = fit(node);
        if ((fit == Backend.Fit.ALONE || fit == Backend.Fit.FUSIBLE) && !families.isBroken(node)) {
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
        List<Node> inputs = node.inputs();
        Spec[] specs = new Spec[inputs.size()];
        for (int i = 0; i < specs.length; i++) {
            specs[i] = inputs.get(i).spec();
        }
        return Backends.of(node.stream().device()).fit(Graph.primitive(node), Arrays.asList(specs), node.spec());
    }
}
