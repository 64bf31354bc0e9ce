package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An array in which, in each row along an axis, the elements at that row's indices are replaced; of equal indices the last
 * wins. Inputs: the array, integer indices whose shape is the array's but for that axis, and as many values of the array's
 * dtype. An index out of bounds fails the computation.
 */
public record PutAlongAxis(int axis) implements Primitive.Update, Differentiable.ByArgument, Batchable {

    @Override
    public String name() {
        return "put_along_axis";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        Array indices = primals.get(1);
        return switch (argument) {
            case 0 -> Ops.putAlongAxis(cotangent, indices, Ops.zerosLike(primals.get(2)), axis);
            case 2 -> Ops.takeAlongAxis(cotangent, indices, axis);
            default -> null;
        };
    }

    @Override
    public Array vmap(Batch inputs) {
        return inputs.apply(new PutAlongAxis(axis + 1));
    }
}
