package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Facts;
import dev.kiln.graph.Node;
import dev.kiln.graph.RewriteRule;
import java.util.List;
import java.util.Optional;

/**
 * Recognises an RMS norm written by hand.
 *
 * <pre>
 * before   x * rsqrt(mean(square(x), -1) + eps)
 * after    rms_norm(eps)(x)
 * </pre>
 *
 * The root may also be {@code 1 / sqrt}, {@code reciprocal(sqrt)}, a division by {@code sqrt}, or a power; the mean a sum
 * divided by n or times 1/n; the square a product or a power; the reduced axis kept, or brought back by a reshape.
 *
 * <p>
 * The result is that of the hand-written form where it computes in float32, as with casts around it. Where it computes in 16
 * bits, the primitive is more exact: it rounds once, at the end, and its squares do not overflow.
 */
public final class RmsNormRule implements RewriteRule {

    /** For {@link java.util.ServiceLoader}. */
    public RmsNormRule() {}

    @Override
    public Optional<Node> rewrite(Node node, Facts facts) {
        if (!(node.primitive() instanceof Binary(BinaryOp op)) || !node.dtype().isFloating()) {
            return Optional.empty();
        }
        List<Node> inputs = node.inputs();
        return switch (op) {
            case MULTIPLY -> norm(node, inputs.get(0), inputs.get(1), 1, facts)
                    .or(() -> norm(node, inputs.get(1), inputs.get(0), 1, facts));
            case DIVIDE -> norm(node, inputs.get(0), inputs.get(1), -1, facts);
            default -> Optional.empty();
        };
    }

    private static Optional<Node> norm(Node root, Node x, Node factor, double exponent, Facts facts) {
        return MeanSquarePower.match(factor, exponent, root.stream())
                .filter(match -> match.exponent() == -0.5 && match.isByRowOf(x) && isSquared(x, match.squared()))
                .flatMap(match -> match.eps(facts))
                .map(eps -> Node.of(new RmsNorm(eps), x, root.stream()));
    }

    /** Whether what was squared is {@code x}, perhaps as a wider type. */
    private static boolean isSquared(Node x, Node squared) {
        return squared == x || squared.primitive() instanceof Cast && squared.inputs().getFirst() == x
                && squared.dtype().isFloating() && DType.promote(squared.dtype(), x.dtype()) == squared.dtype();
    }
}
