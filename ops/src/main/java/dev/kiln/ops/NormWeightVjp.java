package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.streams.Stream;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The cotangent of a norm's weight: the sum over all rows of {@code g * norm(x)}. It accumulates in float32 (float64 for
 * float64), however many rows there are, and is rounded once.
 *
 * <p>
 * Inputs: {@code x} of shape (..., n) and the cotangent g of the norm, of the same shape. The result is of shape (n).
 *
 * @param norm the norm, which is applied without its weight
 * @param dtype of the result
 */
public record NormWeightVjp(Primitive.RowWise norm, DType dtype) implements Primitive.Opaque {

    /** The cotangent of the normalised rows: of the norm's result, times the weight if there is one; not in 16 bits. */
    static Array weighted(Array cotangent, List<Array> primals) {
        Array wide = cotangent.astype(Reduce.accumulator(cotangent.dtype()));
        return primals.size() == 1
                ? wide
                : wide.multiply(Ops.broadcastTo(primals.get(1), wide.shape()).astype(wide.dtype()));
    }

    /** The cotangent of the weight. */
    Array of(Array x, Array cotangent) {
        return Operands.of(this, Stream.defaultStream(), x.node(), cotangent.node());
    }

    @Override
    public String name() {
        return norm.name() + "_weight_vjp";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return new Spec(Shape.shape(inputs.getFirst().shape().dim(-1)), dtype);
    }

    @Override
    public Optional<Node> decompose(List<Node> inputs) {
        Stream on = inputs.getFirst().stream();
        Array x = new Array(inputs.getFirst());
        Array wide = x.astype(Reduce.accumulator(x.dtype()), on);
        Array parts = Operands.of(norm, on, wide.node()).multiply(new Array(inputs.get(1)).astype(wide.dtype(), on),
                on);
        return Optional
                .of(Ops.sum(parts, IntStream.range(0, x.ndim() - 1).toArray(), false, on).astype(dtype, on).node());
    }
}
