package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Picks an element of a row for each index in that row, rows lying along an axis. Inputs: the array, and integer indices
 * whose shape is the array's but for that axis. An index out of bounds fails the computation.
 */
public record TakeAlongAxis(int axis) implements Primitive.Opaque, Differentiable.ByArgument, Batchable {

    @Override
    public String name() {
        return "take_along_axis";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst().with(inputs.get(1).shape());
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        return argument == 0 ? AddAlongAxis.into(primals.get(0), primals.get(1), cotangent, axis) : null;
    }

    @Override
    public Array vmap(Batch inputs) {
        return inputs.apply(new TakeAlongAxis(axis + 1));
    }
}
