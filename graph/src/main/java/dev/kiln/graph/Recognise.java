package dev.kiln.graph;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** Applies the rewrite rules: what was written by hand becomes the fused primitive that it means. */
final class Recognise {

    private static final List<RewriteRule> RULES = ServiceLoader
            .load(RewriteRule.class, Recognise.class.getClassLoader()).stream().map(ServiceLoader.Provider::get)
            .toList();

    private Recognise() {}

    static Graph apply(Graph graph, Facts facts) {
        return graph.rewrite(node -> fixpoint(node, facts));
    }

    private static Node fixpoint(Node start, Facts facts) {
        Node node = start;
        while (true) {
            Node current = node;
            Optional<Node> next = RULES.stream().flatMap(rule -> rule.rewrite(current, facts).stream()).findFirst();
            if (next.isEmpty()) {
                return node;
            }
            if (!next.get().spec().equals(start.spec())) {
                throw new IllegalStateException(
                        "A rewrite rule turned " + start.spec() + " into " + next.get().spec() + ".");
            }
            node = next.get();
        }
    }
}
