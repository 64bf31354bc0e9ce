package dev.kiln.ops;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The axes in another order.
 *
 * @param axes for each axis of the result, the input's axis
 */
public record Transpose(List<Integer> axes) implements Primitive.View, Differentiable.ByArgument, Batchable {

    /** Copies the axes. */
    public Transpose {
        axes = List.copyOf(axes);
    }

    @Override
    public String name() {
        return "transpose";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        Shape shape = inputs.getFirst().shape();
        long[] dims = new long[axes.size()];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = shape.dim(axes.get(i));
        }
        return inputs.getFirst().with(Shape.shape(dims));
    }

    @Override
    public Optional<Layout> view(Spec input, Layout layout) {
        return Optional.of(new Layout(layout.offset(),
                ImmutableLongArray.copyOf(axes.stream().mapToLong(layout::stride).toArray())));
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        int[] back = new int[axes.size()];
        for (int i = 0; i < back.length; i++) {
            back[axes.get(i)] = i;
        }
        return Ops.transpose(cotangent, back);
    }

    @Override
    public Array vmap(Batch inputs) {
        return Ops.transpose(inputs.get(0),
                IntStream.concat(IntStream.of(0), axes.stream().mapToInt(axis -> axis + 1)).toArray());
    }
}
