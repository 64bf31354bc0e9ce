package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Facts;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.RewriteRule;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.Optional;

/**
 * Gives an RMS norm the weight that it is multiplied by. The primitive multiplies after rounding, so this changes no bit.
 *
 * <pre>
 * before   rms_norm(x) * broadcast(w)      or the other way round
 * after    rms_norm(x, w)
 * </pre>
 */
public final class NormWeightRule implements RewriteRule {

    /** For {@link java.util.ServiceLoader}. */
    public NormWeightRule() {}

    @Override
    public Optional<Node> rewrite(Node node, Facts facts) {
        if (!(node.primitive() instanceof Binary(BinaryOp op)) || op != BinaryOp.MULTIPLY) {
            return Optional.empty();
        }
        List<Node> inputs = node.inputs();
        return weighted(node, inputs.get(0), inputs.get(1)).or(() -> weighted(node, inputs.get(1), inputs.get(0)));
    }

    /** Whether a cast is one that the primitive does by itself. */
    private static boolean widens(Node cast) {
        return cast.dtype() == DType.FLOAT32 && cast.inputs().getFirst().dtype().isFloating()
                && cast.inputs().getFirst().dtype() != DType.FLOAT64;
    }

    private static Optional<Node> weighted(Node root, Node norm, Node factor) {
        if (!(norm.primitive() instanceof RmsNorm rms) || norm.inputs().size() != 1 || norm.stream() != root.stream()) {
            return Optional.empty();
        }
        Node weight = factor;
        while (weight.primitive() instanceof Broadcast || weight.primitive() instanceof Cast && widens(weight)) {
            weight = weight.inputs().getFirst();
        }
        long columns = norm.shape().dim(-1);
        if (weight.shape().rank() == 0 || weight.shape().dim(-1) != columns || weight.shape().size() != columns
                || weight.primitive() instanceof Primitive.View && weight.stream() != root.stream()) {
            return Optional.empty();
        }
        Shape row = Shape.shape(columns);
        Node flat = weight.shape().equals(row) ? weight : Node.of(new Reshape(row), weight, root.stream());
        return Optional.of(Node.of(rms, norm.inputs().getFirst(), flat, root.stream()));
    }
}
