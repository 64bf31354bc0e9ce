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
        Node next = rewrite(node, facts);
        while (!next.equals(node)) {
            if (!next.spec().equals(start.spec())) {
                throw new IllegalStateException(
                        "A rewrite rule turned " + start.spec() + " into " + next.spec() + ".");
            }
            node = next;
            next = rewrite(node, facts);
        }
        return node;
    }

    /** What the first rule that fits makes of {@code node}; the node itself if none does. */
    private static Node rewrite(Node node, Facts facts) {
        for (RewriteRule rule : RULES) {
            Optional<Node> rewritten = rule.rewrite(node, facts);
            if (rewritten.isPresent()) {
                return rewritten.get();
            }
        }
        return node;
    }
}
