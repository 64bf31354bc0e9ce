package dev.kiln.ops;

import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Picks slices along an axis. Inputs: the array, and integer indices of any shape, which replaces the axis in the result.
 * Negative indices count from the end; an index out of bounds fails the computation.
 */
public record Take(int axis) implements Primitive.Opaque, Differentiable.ByArgument, Batchable {

    @Override
    public String name() {
        return "take";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        Shape from = inputs.getFirst().shape();
        return inputs.getFirst().with(
                Shape.shape(Axes.replace(from.toArray(), axis, axis + 1, inputs.get(1).shape().toArray())));
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        Array x = primals.get(0);
        if (argument != 0) {
            return null;
        }
        int rank = x.ndim();
        long count = primals.get(1).size();
        long[] row = new long[rank];
        Arrays.fill(row, 1);
        row[axis] = count;
        Shape places = x.shape().with(axis, count);
        return AddAlongAxis.into(x, Ops.broadcastTo(Ops.reshape(primals.get(1), row), places),
                Ops.reshape(cotangent, places), axis);
    }

    @Override
    public Array vmap(Batch inputs) {
        if (!inputs.isMapped(1)) {
            return Ops.take(inputs.get(0), inputs.get(1), axis + 1);
        }
        if (!inputs.isMapped(0)) {
            return Ops.moveaxis(Ops.take(inputs.get(0), inputs.get(1), axis), axis, 0);
        }
        Array x = inputs.get(0);
        Shape places = inputs.shape(1);
        long[] row = new long[x.ndim()];
        Arrays.fill(row, 1);
        row[0] = inputs.size();
        row[axis + 1] = places.size();
        Array taken = Ops.takeAlongAxis(x, Ops.reshape(inputs.get(1), row), axis + 1);
        return Ops.reshape(taken, Axes.replace(taken.shape().toArray(), axis + 1, axis + 2, places.toArray()));
    }
}
