package dev.kiln.ops;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.streams.Stream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An array with a border of one value. Inputs: the array, and the value as a scalar of its dtype.
 *
 * @param low for each axis, how many elements come before the array's
 * @param high for each axis, how many come after
 */
public record Pad(ImmutableLongArray low, ImmutableLongArray high)
        implements
            Primitive.Opaque,
            Differentiable.ByArgument,
            Batchable {

    @Override
    public String name() {
        return "pad";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        long[] dims = inputs.getFirst().shape().toArray();
        for (int i = 0; i < dims.length; i++) {
            dims[i] = Math.addExact(dims[i], Math.addExact(low.get(i), high.get(i)));
        }
        return inputs.getFirst().with(Shape.shape(dims));
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        Array x = primals.getFirst();
        long[] stop = new long[x.ndim()];
        for (int i = 0; i < stop.length; i++) {
            stop[i] = low.get(i) + x.dim(i);
        }
        Array inside = Ops.slice(cotangent, low.toArray(), stop);
        return argument == 0 ? inside : cotangent.sum().subtract(inside.sum());
    }

    @Override
    public Array vmap(Batch inputs) {
        Pad wide = new Pad(Axes.prepend(0, low), Axes.prepend(0, high));
        if (!inputs.isMapped(1)) {
            return Operands.of(wide, Stream.defaultStream(), inputs.all(0).node(), inputs.get(1).node());
        }
        Array x = inputs.all(0);
        Array no = Array.scalar(false);
        Array inside = Operands.of(wide, Stream.defaultStream(), Ops.ones(x.shape(), DType.BOOL).node(), no.node());
        Array zero = Array.scalar(0, x.dtype());
        Array padded = Operands.of(wide, Stream.defaultStream(), x.node(), zero.node());
        return Ops.where(inside, padded, inputs.spread(1, x.ndim()));
    }
}
