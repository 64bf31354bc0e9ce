package dev.kiln.ops;

import com.google.common.primitives.ImmutableIntArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.streams.Stream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An array with a block of it replaced that begins where an array says. Inputs: the array; the new elements, of the same dtype,
 * whose shape says how many; integers, the first index for each of {@code axes}. A block that does not lie in the array fails the
 * computation.
 *
 * @param axes along which the block begins somewhere; along the others it is as long as the array
 */
public record DynamicSliceUpdate(ImmutableIntArray axes) implements Primitive.Update {

    @Override
    public String name() {
        return "dynamic_slice_update";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }

    /**
     * Every element of the update is spread over where it may belong, and chosen where it does. What does not lie in the array is
     * left out, since only a kernel can fail.
     */
    @Override
    public Optional<Node> decompose(List<Node> inputs) {
        Array x = new Array(inputs.get(0));
        Stream on = inputs.getFirst().stream();
        Array spread = new Array(inputs.get(1));
        Array inside = Array.scalar(true);
        for (int i = 0; i < axes.length(); i++) {
            int axis = axes.get(i);
            long count = spread.dim(axis);
            Array start = Ops.take(new Array(inputs.get(2)), i, 0, on).astype(DType.INT64, on);
            start = Ops.where(Ops.less(start, 0, on), Ops.add(start, x.dim(axis), on), start, on);
            Array place = Ops.arange(0, x.dim(axis), 1, DType.INT64, on).subtract(start, on);
            Array here = Ops.logicalAnd(Ops.greaterEqual(place, 0, on), Ops.less(place, count, on), on);
            spread = Ops.take(spread, Ops.clip(place, 0, count - 1, on), axis, on);
            long[] column = new long[x.ndim()];
            Arrays.fill(column, 1);
            column[axis] = x.dim(axis);
            inside = Ops.logicalAnd(inside, Ops.reshape(here, Shape.shape(column), on), on);
        }
        return Optional.of(Ops.where(inside, spread, x, on).node());
    }
}
