package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Shape;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Queries, keys and values that fit each other, in the order and with the texts of MLX's checks. */
record AttentionArguments(Array q, Array k, Array v, DType dtype) {

    private static final String OP = "[scaled_dot_product_attention] ";

    /**
     * The arguments, if they fit.
     *
     * @throws IllegalArgumentException naming what does not
     */
    static AttentionArguments check(Array q, Array k, Array v) {
        Operands.require("scaled_dot_product_attention", "q", q);
        Operands.require("scaled_dot_product_attention", "k", k);
        Operands.require("scaled_dot_product_attention", "v", v);
        for (Array array : List.of(q, k, v)) {
            require(array.ndim() == 4, "input with shape " + array.shape() + " expected to be rank 4");
        }
        for (Array array : List.of(k, v)) {
            require(array.dim(0) == q.dim(0),
                    "mismatching batch dimension for input with shape " + array.shape() + ".");
        }
        require(q.dim(-1) == k.dim(-1), "query, keys expected to have matching last dimension; found query shape "
                + q.shape() + " for keys shape " + k.shape() + ".");
        require(k.dim(1) == v.dim(1), "keys, values expected to have matching n_kv_heads; found keys with n_heads "
                + k.dim(1) + " for values with n_heads " + v.dim(1) + ".");
        require(k.dim(1) > 0 && q.dim(1) % k.dim(1) == 0,
                "n_heads must be a multiple of n_kv_heads, found n_heads " + q.dim(1) + " for n_kv_heads " + k.dim(1)
                        + ".");
        require(k.dim(2) == v.dim(2), "keys, values expected to have matching lengths; found keys shape " + k.shape()
                + " for values shape " + v.shape() + ".");
        DType dtype = DType.promote(DType.promote(q.dtype(), k.dtype()), v.dtype());
        require(dtype.isFloating(), "Received unsupported type " + dtype + ".");
        return new AttentionArguments(q, k, v, dtype);
    }

    private static void require(boolean fits, String otherwise) {
        if (!fits) {
            throw new IllegalArgumentException(OP + otherwise);
        }
    }

    Array attend(double scale, boolean causal, @Nullable Array mask, Stream stream) {
        List<Node> inputs = new ArrayList<>();
        for (Array array : List.of(q, k, v)) {
            inputs.add(Operands.cast(array.node(), dtype, stream));
        }
        if (mask != null) {
            inputs.add(fit(mask, stream));
        }
        return new Array(Node.of(new Attention(scale, causal), inputs, stream));
    }

    private Node fit(Array mask, Stream stream) {
        require(mask.ndim() <= 4,
                "the mask with shape " + mask.shape() + " expected to have at most rank 4.");
        require(DType.promote(mask.dtype(), dtype) == dtype, "Mask type must promote to output type " + dtype + ".");
        Shape scores = q.shape().with(-1, k.dim(2));
        require(Shape.broadcast(mask.shape(), scores).equals(scores),
                "the mask with shape " + mask.shape() + " does not broadcast to " + scores + ".");
        Node node = mask.node();
        return Operands.broadcast(mask.dtype() == DType.BOOL ? node : Operands.cast(node, dtype, stream), scores,
                stream);
    }
}
