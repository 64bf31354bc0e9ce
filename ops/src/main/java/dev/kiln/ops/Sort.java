package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The elements of each row, along the last axis, in ascending order; NaN comes last. Complex numbers have no order. */
public record Sort() implements Primitive.Opaque, Differentiable.ByArgument, Batchable.ByRow {

    @Override
    public String name() {
        return "sort";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        Array x = primals.getFirst();
        return Ops.putAlongAxis(Ops.zerosLike(x), Ops.argsort(x, -1), cotangent, -1);
    }
}
