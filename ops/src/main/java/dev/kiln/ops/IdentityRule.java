package dev.kiln.ops;

import dev.kiln.graph.Facts;
import dev.kiln.graph.Node;
import dev.kiln.graph.RewriteRule;
import java.util.Optional;

/**
 * Drops what only transforms look at, so that other rules and fusion do not meet it.
 *
 * <pre>
 * before   tracer(x)      or stop_gradient(x), …
 * after    x
 * </pre>
 */
public final class IdentityRule implements RewriteRule {

    /** For {@link java.util.ServiceLoader}. */
    public IdentityRule() {}

    @Override
    public Optional<Node> rewrite(Node node, Facts facts) {
        return node.primitive() instanceof Identity ? Optional.of(node.inputs().getFirst()) : Optional.empty();
    }
}
