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
 * Scaled dot-product attention (Vaswani et al. 2017, arXiv:1706.03762): {@code softmax(scale * q kᵀ + mask) v}, each group
 * of Hq / Hk heads of q sharing one of k and v. Sums and the softmax are float32, of 16-bit inputs too (float64 of float64).
 * A query that sees no key gets zeros.
 *
 * <p>
 * Inputs of one floating dtype: q (B, Hq, Tq, D), k (B, Hk, Tk, D), v (B, Hk, Tk, Dv); optionally a mask (B, Hq, Tq, Tk), of
 * bool (true: sees) or of that dtype (added).
 *
 * @param causal whether query i sees only the keys up to i + Tk - Tq
 */
public record Attention(double scale, boolean causal) implements Primitive.Opaque, Batchable {

    @Override
    public String name() {
        return "scaled_dot_product_attention";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        Shape q = inputs.getFirst().shape();
        return inputs.getFirst().with(q.with(-1, inputs.get(2).shape().dim(-1)));
    }

    @Override
    public Optional<Node> decompose(List<Node> inputs) {
        DType dtype = inputs.getFirst().dtype();
        DType wide = dtype == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        Stream on = inputs.getFirst().stream();
        Array q = new Array(inputs.get(0)).astype(wide, on).multiply(scale, on);
        Array k = new Array(inputs.get(1)).astype(wide, on);
        Array v = new Array(inputs.get(2)).astype(wide, on);
        long group = q.dim(1) / k.dim(1);
        // the heads of a group lie one below the other, as more queries for the same keys
        Shape grouped = Shape.shape(q.dim(0), k.dim(1), group * q.dim(2), q.dim(3));
        Shape separate = q.shape().with(-1, k.dim(2));
        Array products = Ops.matmul(Ops.reshape(q, grouped, on), Ops.swapaxes(k, -1, -2, on), on);
        Array scores = mask(Ops.reshape(products, separate, on), inputs, on);
        Array largest = Ops.max(scores, -1, true, on).maximum(-Float.MAX_VALUE, on); // finite if no key is seen
        Array powers = scores.subtract(largest, on).exp(on);
        Array total = Ops.sum(powers, -1, true, on);
        Array weights = powers.divide(Ops.where(Ops.equal(total, 0, on), 1, total, on), on);
        Array result = Ops.matmul(Ops.reshape(weights, grouped.with(-1, k.dim(2)), on), v, on);
        return Optional.of(Ops.reshape(result, q.shape().with(-1, v.dim(3)), on).astype(dtype, on).node());
    }

    private Array mask(Array scores, List<Node> inputs, Stream on) {
        Array masked = scores;
        if (causal) {
            long queries = scores.dim(2);
            long keys = scores.dim(3);
            Array lastSeen = Ops.expandDims(Ops.arange(keys - queries, keys, 1, DType.INT32, on), -1, on);
            Array seen = Ops.arange(0, keys, 1, DType.INT32, on).lessEqual(lastSeen, on);
            masked = Ops.where(seen, masked, Double.NEGATIVE_INFINITY, on);
        }
        if (inputs.size() > 3) {
            Array mask = new Array(inputs.get(3));
            masked = mask.dtype() == DType.BOOL
                    ? Ops.where(mask, masked, Double.NEGATIVE_INFINITY, on)
                    : masked.add(mask, on);
        }
        return masked;
    }

    @Override
    public Array vmap(Batch inputs) {
        Node[] merged = IntStream.range(0, inputs.arrays().size()).mapToObj(inputs::all)
                .map(a -> Ops.reshape(a, Axes.replace(a.shape().toArray(), 0, 2, a.dim(0) * a.dim(1))).node())
                .toArray(Node[]::new);
        Array result = Operands.of(this, Stream.defaultStream(), merged);
        return Ops.reshape(result,
                Axes.replace(result.shape().toArray(), 0, 1, inputs.size(), result.dim(0) / inputs.size()));
    }
}
