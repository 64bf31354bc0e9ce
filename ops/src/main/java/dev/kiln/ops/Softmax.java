package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The softmax of each row: {@code exp(x - max(x)) / sum(exp(x - max(x)))}. The maximum is subtracted so that nothing
 * overflows; it cancels.
 *
 * @param precise whether 16-bit floats must be computed in float32 and rounded once, as the decomposition always does
 */
public record Softmax(boolean precise) implements Primitive.RowWise, Differentiable.ByArgument, Batchable.ByRow {

    @Override
    public String name() {
        return "softmax";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }

    @Override
    public Optional<Node> decompose(List<Node> inputs) {
        Array x = new Array(inputs.getFirst());
        Array wide = x.astype(Reduce.accumulator(x.dtype()), x.stream());
        Array largest = wide.real(x.stream()).max(-1, true, x.stream());
        Array powers = wide.subtract(largest, x.stream()).exp(x.stream());
        return Optional.of(powers.divide(powers.sum(-1, true, x.stream()), x.stream())
                .astype(x.dtype(), x.stream()).node());
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        DType wide = Reduce.accumulator(result.dtype());
        Array y = result.astype(wide);
        Array scaled = cotangent.astype(wide).multiply(y);
        return scaled.subtract(y.multiply(scaled.sum(-1, true))).astype(result.dtype());
    }
}
