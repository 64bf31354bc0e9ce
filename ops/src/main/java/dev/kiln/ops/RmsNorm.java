package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Root mean square normalisation of each row (Zhang and Sennrich 2019, arXiv:1910.07467): {@code n = x * rsqrt(mean(x²) +
 * eps)} with the statistics in float32 (float64 for float64), rounded to the dtype, then times the weight if there is one.
 *
 * <p>
 * Inputs: {@code x} of shape (..., n); optionally the weight, of shape (n) and x's dtype; for float32 x
 * also of 16 bits, which are widened.
 */
public record RmsNorm(double eps) implements Primitive.RowWise, Differentiable.ByArgument, Batchable {

    @Override
    public String name() {
        return "rms_norm";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }

    @Override
    public Optional<Node> decompose(List<Node> inputs) {
        Array x = new Array(inputs.getFirst());
        DType statistics = x.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        Array wide = x.astype(statistics, x.stream());
        Array inverse = Ops.rsqrt(
                Ops.mean(wide.square(x.stream()), new int[] {-1}, true, x.stream()).add(eps, x.stream()),
                x.stream());
        Array normed = wide.multiply(inverse, x.stream()).astype(x.dtype(), x.stream());
        return Optional.of(inputs.size() == 1
                ? normed.node()
                : normed.multiply(new Array(inputs.get(1)), x.stream()).node());
    }

    @Override
    public List<@Nullable Array> vjps(Set<Integer> wanted, List<Array> primals, Array result, Array cotangent) {
        return wanted.size() == 2 && primals.get(1).dtype() == cotangent.dtype()
                ? List.copyOf(RmsNormGradient.of(eps, primals.get(0), primals.get(1), cotangent))
                : Differentiable.ByArgument.super.vjps(wanted, primals, result, cotangent);
    }

    @Override
    public Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        return separately(argument, primals, cotangent);
    }

    /** The cotangent of one input. */
    Array separately(int argument, List<Array> primals, Array cotangent) {
        Array x = primals.getFirst();
        return argument == 0
                ? new RmsNormVjp(eps).of(x, NormWeightVjp.weighted(cotangent, primals))
                : new NormWeightVjp(this, primals.get(1).dtype()).of(x, cotangent);
    }

    @Override
    public Array vmap(Batch inputs) {
        return Vectorised.norm(this, inputs);
    }
}
