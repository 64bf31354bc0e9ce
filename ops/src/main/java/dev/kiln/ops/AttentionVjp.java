package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cotangent of the queries, the keys or the values of an attention (Dao et al. 2022, arXiv:2205.14135): the weights are
 * computed again, block by block, and never stored as a whole.
 *
 * <p>
 * Inputs: q, k and v as {@link Attention} has them, its result, the cotangent of that, and its mask if it has one.
 *
 * @param argument 0 for the queries, 1 for the keys, 2 for the values
 */
public record AttentionVjp(double scale, boolean causal, int argument) implements Primitive.Opaque, Batchable {

    private static final int RESULT = 3;
    private static final int COTANGENT = 4;

    @Override
    public String name() {
        return "scaled_dot_product_attention_vjp";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.get(argument);
    }

    @Override
    public Optional<Node> decompose(List<Node> inputs) {
        List<Array> primals = new ArrayList<>(inputs.subList(0, RESULT).stream().map(Array::new).toList());
        inputs.subList(COTANGENT + 1, inputs.size()).forEach(mask -> primals.add(new Array(mask)));
        List<@Nullable Array> cotangents = Rules.vjpsOfParts(new Attention(scale, causal), Set.of(argument), primals,
                new Array(inputs.get(RESULT)), new Array(inputs.get(COTANGENT)));
        return Optional.of(Objects.requireNonNull(cotangents.get(argument)).node());
    }

    @Override
    public Array vmap(Batch inputs) {
        return Attention.vmap(this, inputs);
    }
}
