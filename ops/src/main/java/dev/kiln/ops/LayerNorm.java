package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.streams.Stream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalisation of each row (Ba, Kiros and Hinton 2016, arXiv:1607.06450): {@code n = (x - mean(x)) * rsqrt(var(x) +
 * eps)} with the statistics in float32 (float64 for float64), rounded to the dtype, then times the weight and plus the bias
 * if they are there.
 *
 * <p>
 * Inputs: {@code x} of shape (..., n); optionally the weight, and after it the bias, of shape (n) and x's dtype; for float32 x
 * also of 16 bits, which are widened.
 */
public record LayerNorm(double eps) implements Primitive.RowWise, Differentiable.ByArgument, Batchable {

    @Override
    public String name() {
        return "layer_norm";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }

    @Override
    public Optional<Node> decompose(List<Node> inputs) {
        Array x = new Array(inputs.getFirst());
        Stream on = x.stream();
        Array wide = x.astype(x.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32, on);
        Array centred = wide.subtract(Ops.mean(wide, -1, true, on), on);
        Array inverse = Ops.mean(centred.square(on), -1, true, on).add(eps, on).rsqrt(on);
        Array normed = centred.multiply(inverse, on).astype(x.dtype(), on);
        Array scaled = inputs.size() < 2 ? normed : normed.multiply(new Array(inputs.get(1)), on);
        return Optional.of((inputs.size() < 3 ? scaled : scaled.add(new Array(inputs.get(2)), on)).node());
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        Array x = primals.getFirst();
        return switch (argument) {
            case 0 -> new LayerNormVjp(eps).of(x, NormWeightVjp.weighted(cotangent, primals));
            case 1 -> new NormWeightVjp(this, primals.get(1).dtype()).of(x, cotangent);
            default -> Reductions.onto(primals.get(2).shape(), cotangent).astype(primals.get(2).dtype());
        };
    }

    @Override
    public Array vmap(Batch inputs) {
        return Vectorised.norm(this, inputs);
    }
}
