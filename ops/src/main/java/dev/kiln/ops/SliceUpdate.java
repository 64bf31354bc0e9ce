package dev.kiln.ops;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.streams.Stream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An array with every so many elements of each axis replaced. Inputs: the array, and the new elements, of the same dtype,
 * whose shape says how many.
 *
 * @param start for each axis the first index, from 0
 * @param step for each axis the step, not 0
 */
public record SliceUpdate(ImmutableLongArray start, ImmutableLongArray step)
        implements
            Primitive.Update,
            Differentiable.ByArgument,
            Batchable {

    @Override
    public String name() {
        return "slice_update";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst();
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        Array update = primals.get(1);
        return argument == 0
                ? of(cotangent, Ops.zerosLike(update))
                : Operands.of(new Slice(start, step, update.shape()), Stream.defaultStream(), cotangent.node());
    }

    /** {@code x} with these of its elements replaced. */
    Array of(Array x, Array update) {
        return Operands.of(this, Stream.defaultStream(), x.node(), update.node());
    }

    @Override
    public Array vmap(Batch inputs) {
        return inputs.apply(new SliceUpdate(Axes.prepend(0, start), Axes.prepend(1, step)));
    }
}
