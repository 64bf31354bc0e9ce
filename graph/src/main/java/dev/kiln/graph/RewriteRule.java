package dev.kiln.graph;

import java.util.Optional;

/**
 * Replaces a node by another of the same spec and meaning. Rules are found by {@link java.util.ServiceLoader} and tried on
 * every node, inputs first, until none fits.
 */
public interface RewriteRule {

    /** The replacement, or empty if the rule does not fit. */
    Optional<Node> rewrite(Node node, Facts facts);
}
