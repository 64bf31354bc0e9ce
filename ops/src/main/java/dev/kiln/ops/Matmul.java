package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Products of matrices {@code (..., m, k)} and {@code (..., k, n)} of one floating dtype and equal leading axes. 16-bit
 * inputs accumulate in float32.
 */
public record Matmul() implements Primitive.Contraction, Differentiable.ByArgument, Batchable {

    @Override
    public String name() {
        return "matmul";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        Shape a = inputs.getFirst().shape();
        return inputs.getFirst().with(a.with(-1, inputs.get(1).shape().dim(-1)));
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        Array a = primals.get(0);
        Array b = primals.get(1);
        if (isTransposed(primals.get(argument))) {
            return turned(argument == 0
                    ? Ops.matmul(b, turned(cotangent))
                    : Ops.matmul(turned(cotangent), a));
        }
        return argument == 0 ? Ops.matmul(cotangent, turned(b)) : Ops.matmul(turned(a), cotangent);
    }

    /** Whether what was multiplied is a transposed matrix: its gradient is turned back, and shall then lie as that matrix does. */
    private static boolean isTransposed(Array x) {
        int last = x.ndim() - 1;
        return x.node().primitive() instanceof Transpose(List<Integer> axes)
                && axes.get(last) == last - 1 && axes.get(last - 1) == last;
    }

    private static Array turned(Array x) {
        return Ops.swapaxes(x, -1, -2);
    }

    @Override
    public Array vmap(Batch inputs) {
        Shape left = inputs.shape(0);
        if (inputs.isMapped(1) || left.rank() != 2) {
            return inputs.apply(this);
        }
        // one product with more rows
        Array rows = Ops.reshape(inputs.get(0), Shape.shape(inputs.size() * left.dim(0), left.dim(1)));
        Array product = Ops.matmul(rows, inputs.get(1));
        return Ops.reshape(product, Shape.shape(inputs.size(), left.dim(0), product.dim(1)));
    }
}
