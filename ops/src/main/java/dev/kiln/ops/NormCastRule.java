package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Facts;
import dev.kiln.graph.Node;
import dev.kiln.graph.RewriteRule;
import java.util.Optional;

/**
 * Drops the casts around an RMS norm of 16-bit numbers: the primitive computes in float32 and rounds at the end by itself, so
 * this changes no bit.
 *
 * <pre>
 * before   astype(bfloat16, rms_norm(astype(float32, x)))      with x of bfloat16; float16 likewise
 * after    rms_norm(x)
 * </pre>
 */
public final class NormCastRule implements RewriteRule {

    /** For {@link java.util.ServiceLoader}. */
    public NormCastRule() {}

    @Override
    public Optional<Node> rewrite(Node node, Facts facts) {
        if (!(node.primitive() instanceof Cast(DType narrow)) || !narrow.isFloating() || narrow.size() != 2) {
            return Optional.empty();
        }
        Node norm = node.inputs().getFirst();
        if (!(norm.primitive() instanceof RmsNorm rms) || norm.inputs().size() != 1
                || norm.dtype() != DType.FLOAT32 || norm.stream() != node.stream()) {
            return Optional.empty();
        }
        Node widened = norm.inputs().getFirst();
        return widened.primitive() instanceof Cast && widened.inputs().getFirst().dtype() == narrow
                ? Optional.of(Node.of(rms, widened.inputs().getFirst(), node.stream()))
                : Optional.empty();
    }
}
