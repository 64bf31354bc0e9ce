package dev.kiln.ops;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every so many elements of each axis.
 *
 * @param start for each axis the first index, from 0
 * @param step for each axis the step, not 0; negative steps go backwards
 * @param shape how many elements of each axis
 */
public record Slice(ImmutableLongArray start, ImmutableLongArray step, Shape shape)
        implements
            Primitive.View,
            Differentiable.ByArgument,
            Batchable {

    @Override
    public String name() {
        return "slice";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return inputs.getFirst().with(shape);
    }

    @Override
    public Optional<Layout> view(Spec input, Layout layout) {
        long offset = layout.offset();
        long[] strides = new long[shape.rank()];
        for (int i = 0; i < strides.length; i++) {
            offset += start.get(i) * layout.stride(i);
            strides[i] = step.get(i) * layout.stride(i);
        }
        return Optional
                .of(new Layout(shape.size() == 0 ? layout.offset() : offset, ImmutableLongArray.copyOf(strides)));
    }

    /** Whether this is every element of {@code input}, in order. */
    boolean isWhole(Shape input) {
        return shape.equals(input) && step.stream().allMatch(by -> by == 1);
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        Array x = primals.getFirst();
        if (step.stream().allMatch(by -> by == 1)) {
            long[][] border = new long[x.ndim()][];
            for (int i = 0; i < border.length; i++) {
                border[i] = new long[] {start.get(i), x.dim(i) - start.get(i) - shape.dim(i)};
            }
            return Ops.pad(cotangent, border);
        }
        return new SliceUpdate(start, step).of(Ops.zerosLike(x), cotangent);
    }

    @Override
    public Array vmap(Batch inputs) {
        return inputs.apply(new Slice(Axes.prepend(0, start), Axes.prepend(1, step), inputs.with(shape)));
    }
}
