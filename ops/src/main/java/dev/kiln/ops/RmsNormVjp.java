package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.streams.Stream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cotangent of the rows of an RMS norm: with {@code s = rsqrt(mean(x²) + eps)} and {@code n = x * s} it is
 * {@code s * (u - n * mean(u * n))}. Statistics are float32 (float64 for float64) and the result is rounded once.
 *
 * <p>
 * Inputs: {@code x} of shape (..., n); u, the cotangent of the normalised rows, weight included, in the dtype of the
 * statistics.
 */
public record RmsNormVjp(double eps) implements Primitive.RowWise, Differentiable, Batchable.ByRow {

    /** The cotangent of {@code x}. */
    Array of(Array x, Array u) {
        return Operands.of(this, Stream.defaultStream(), x.node(), u.node());
    }

    @Override
    public String name() {
        return "rms_norm_vjp";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }

    @Override
    public Optional<Node> decompose(List<Node> inputs) {
        Stream on = inputs.getFirst().stream();
        Array x = new Array(inputs.get(0));
        Array u = new Array(inputs.get(1));
        Array wide = x.astype(u.dtype(), on);
        Array inverse = Ops.mean(wide.square(on), -1, true, on).add(eps, on).rsqrt(on);
        Array normed = wide.multiply(inverse, on);
        Array along = normed.multiply(Ops.mean(u.multiply(normed, on), -1, true, on), on);
        return Optional.of(u.subtract(along, on).multiply(inverse, on).astype(x.dtype(), on).node());
    }

    /** The Jacobian is symmetric, so by u this is its own transpose; by x it is differentiated through its parts. */
    @Override
    public List<@Nullable Array> vjps(Set<Integer> wanted, List<Array> primals, Array result, Array cotangent) {
        Array x = primals.get(0);
        Array u = primals.get(1);
        Array byX = wanted.contains(0)
                ? Rules.vjpsOfParts(this, Set.of(0), primals, result, cotangent).getFirst()
                : null;
        Array byU = wanted.contains(1) ? of(x, cotangent.astype(u.dtype())).astype(u.dtype()) : null;
        return Arrays.asList(byX, byU);
    }
}
