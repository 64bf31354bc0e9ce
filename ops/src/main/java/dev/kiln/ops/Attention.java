package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.util.List;

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
public record Attention(double scale, boolean causal) implements Primitive.Opaque {

    @Override
    public String name() {
        return "scaled_dot_product_attention";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        Shape q = inputs.getFirst().shape();
        return inputs.getFirst().with(q.with(-1, inputs.get(2).shape().dim(-1)));
    }
}
