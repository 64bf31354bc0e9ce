package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arrays of one dtype behind each other along an axis; their other axes agree. */
public record Concatenate(int axis) implements Primitive.Opaque, Differentiable.ByArgument, Batchable {

    @Override
    public String name() {
        return "concatenate";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        long length = inputs.stream().mapToLong(input -> input.shape().dim(axis)).reduce(0, Math::addExact);
        Spec first = inputs.getFirst();
        return first.with(first.shape().with(axis, length));
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        long[] start = new long[cotangent.ndim()];
        for (Array before : primals.subList(0, argument)) {
            start[axis] += before.dim(axis);
        }
        long[] stop = cotangent.shape().toArray();
        stop[axis] = start[axis] + primals.get(argument).dim(axis);
        return Ops.slice(cotangent, start, stop);
    }

    @Override
    public Array vmap(Batch inputs) {
        return inputs.apply(new Concatenate(axis + 1));
    }
}
