package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.streams.Stream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An array in which, in each row along an axis, values are added at that row's indices; equal indices add up. Inputs: the
 * array, integer indices whose shape is the array's but for that axis, and as many values of the array's dtype. An index out of
 * bounds fails the computation. This is how the cotangents of picked elements get back to where these came from.
 */
public record AddAlongAxis(int axis) implements Primitive.Opaque, Differentiable.ByArgument, Batchable {

    /** The sums of {@code values} at the places in {@code like}; 16-bit floats add up in float32 and are rounded once. */
    static Array into(Array like, Array indices, Array values, int axis) {
        Array wide = values.astype(Reduce.accumulator(values.dtype()));
        return Operands.of(new AddAlongAxis(axis), Stream.defaultStream(),
                Ops.zeros(like.shape(), wide.dtype()).node(), indices.node(), wide.node()).astype(like.dtype());
    }

    @Override
    public String name() {
        return "scatter_add_axis";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        return switch (argument) {
            case 0 -> cotangent;
            case 2 -> Ops.takeAlongAxis(cotangent, primals.get(1), axis);
            default -> null;
        };
    }

    @Override
    public Array vmap(Batch inputs) {
        return inputs.apply(new AddAlongAxis(axis + 1));
    }
}
