package dev.kiln.graph;

import java.util.Optional;

/** Two rules: the negative of a negative is the value itself, and so is a product with the number 1. */
public final class ToyRules implements RewriteRule {

    @Override
    public Optional<Node> rewrite(Node node, Facts facts) {
        return switch (Graph.primitive(node)) {
            case Toy.Pointwise(Toy.Op op) when op == Toy.Op.NEG && isNegative(node.inputs().getFirst()) ->
                Optional.of(node.inputs().getFirst().inputs().getFirst());
            case Toy.Pointwise(Toy.Op op) when op == Toy.Op.MUL && facts.scalar(node.inputs().get(1)).orElse(0) == 1 ->
                Optional.of(node.inputs().getFirst());
            default -> Optional.empty();
        };
    }

    private static boolean isNegative(Node node) {
        return Graph.primitive(node) instanceof Toy.Pointwise(Toy.Op op) && op == Toy.Op.NEG;
    }
}
