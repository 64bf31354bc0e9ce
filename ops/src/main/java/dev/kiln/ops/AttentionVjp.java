package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The cotangents of the queries, the keys and the values of an attention (Dao et al. 2022, arXiv:2205.14135). They are one array,
 * since all need the weights, which are computed again for some queries at a time and never stored as a whole.
 *
 * <p>
 * Inputs: q, k and v as {@link Attention} has them, its result, the cotangent of that, and its mask if it has one. Result: in each
 * row the elements of one batch, those of q's cotangent first, then k's, then v's.
 */
public record AttentionVjp(double scale, boolean causal) implements Primitive.Opaque, Batchable {

    private static final int RESULT = 3;
    private static final int COTANGENT = 4;

    @Override
    public String name() {
        return "scaled_dot_product_attention_vjp";
    }

    /** How many elements of {@code shape} one batch has. */
    static long elements(Shape shape) {
        return IntStream.range(1, shape.rank()).mapToLong(shape::dim).reduce(1, (a, b) -> a * b);
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        long columns = inputs.subList(0, RESULT).stream().mapToLong(input -> elements(input.shape())).sum();
        return inputs.getFirst().with(Shape.shape(inputs.getFirst().shape().dim(0), columns));
    }

    @Override
    public Optional<Node> decompose(List<Node> inputs) {
        List<Array> primals = new ArrayList<>(inputs.subList(0, RESULT).stream().map(Array::new).toList());
        inputs.subList(COTANGENT + 1, inputs.size()).forEach(mask -> primals.add(new Array(mask)));
        List<@Nullable Array> cotangents = Rules.vjpsOfParts(new Attention(scale, causal), Set.of(0, 1, 2), primals,
                new Array(inputs.get(RESULT)), new Array(inputs.get(COTANGENT)));
        List<Array> rows = IntStream.range(0, RESULT)
                .mapToObj(i -> Objects.requireNonNullElseGet(cotangents.get(i), () -> Ops.zerosLike(primals.get(i))))
                .map(a -> Ops.reshape(a, a.dim(0), elements(a.shape()))).toList();
        return Optional.of(Ops.concatenate(rows, 1).node());
    }

    @Override
    public Array vmap(Batch inputs) {
        return Attention.vmap(this, inputs);
    }
}
