package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
public record Attention(double scale,
        boolean causal) implements Primitive.Opaque, Differentiable, Batchable {

    /** Where the mask is among the inputs, behind q, k and v. */
    private static final int MASK = 3;

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
        if (inputs.get(1).shape().dim(2) == 0) {
            Spec nothingSeen = infer(inputs.stream().map(Node::spec).toList());
            return Optional.of(Ops.zeros(nothingSeen.shape(), dtype, on).node());
        }
        Array q = new Array(inputs.get(0)).astype(wide, on).multiply(scale, on);
        Array k = new Array(inputs.get(1)).astype(wide, on);
        Array v = new Array(inputs.get(2)).astype(wide, on);
        long group = q.dim(1) / k.dim(1);
        // the heads of a group lie one below the other, as more queries for the same keys
        Shape grouped = Shape.shape(q.dim(0), k.dim(1), group * q.dim(2), q.dim(3));
        Shape separate = q.shape().with(-1, k.dim(2));
        Array products = Ops.matmul(Ops.reshape(q, grouped, on), Ops.swapaxes(k, -1, -2, on), on);
        Array scores = mask(Ops.reshape(products, separate, on), inputs, on);
        Array largest = Ops.max(scores, -1, true, on)
                .maximum(dtype == DType.FLOAT64 ? -Double.MAX_VALUE : -Float.MAX_VALUE, on); // finite if no key is seen
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
        if (inputs.size() > MASK) {
            Array mask = new Array(inputs.get(MASK));
            masked = mask.dtype() == DType.BOOL
                    ? Ops.where(mask, masked, Double.NEGATIVE_INFINITY, on)
                    : masked.add(mask, on);
        }
        return masked;
    }

    /** By q, k and v block by block; by a mask, which is as large as the weights, through the parts. */
    @Override
    public List<@Nullable Array> vjps(Set<Integer> wanted, List<Array> primals, Array result, Array cotangent) {
        var cotangents = new @Nullable Array[primals.size()];
        if (wanted.contains(MASK)) {
            cotangents[MASK] = Rules.vjpsOfParts(this, Set.of(MASK), primals, result, cotangent).get(MASK);
        }
        if (wanted.stream().anyMatch(argument -> argument < MASK)) {
            List<Node> inputs = new ArrayList<>(primals.subList(0, MASK).stream().map(Array::node).toList());
            inputs.add(result.node());
            inputs.add(cotangent.node());
            primals.subList(MASK, primals.size()).forEach(mask -> inputs.add(mask.node()));
            Array all = Operands.of(new AttentionVjp(scale, causal), cotangent.stream(), inputs.toArray(Node[]::new));
            long from = 0;
            for (int i = 0; i < MASK; i++) {
                Shape shape = primals.get(i).shape();
                long to = from + AttentionVjp.elements(shape);
                if (wanted.contains(i)) {
                    cotangents[i] = Ops.reshape(
                            Ops.slice(all, new long[] {0, from}, new long[] {shape.dim(0), to}, cotangent.stream()),
                            shape, cotangent.stream());
                }
                from = to;
            }
        }
        return Arrays.asList(cotangents);
    }

    @Override
    public Array vmap(Batch inputs) {
        return vmap(this, inputs);
    }

    /** {@code primitive} of inputs of shape (B, heads, …), the new axis and the first made one. */
    static Array vmap(Primitive primitive, Batch inputs) {
        Node[] merged = IntStream.range(0, inputs.arrays().size()).mapToObj(inputs::all)
                .map(a -> Ops.reshape(a, Axes.replace(a.shape().toArray(), 0, 2, a.dim(0) * a.dim(1))).node())
                .toArray(Node[]::new);
        Array result = Operands.of(primitive, Stream.defaultStream(), merged);
        return Ops.reshape(result,
                Axes.replace(result.shape().toArray(), 0, 1, inputs.size(), result.dim(0) / inputs.size()));
    }
}
