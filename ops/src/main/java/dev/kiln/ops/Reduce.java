package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Folds axes. 16-bit floating-point inputs accumulate in float32 and are rounded once at the end.
 *
 * @param axes the folded axes, ascending, from 0
 * @param keepdims whether the folded axes stay, with length 1
 */
public record Reduce(Op op, List<Integer> axes, boolean keepdims) implements Primitive.Reduction {

    /** What the elements are folded into. */
    public enum Op {
        SUM, MEAN, PROD, MAX, MIN, ALL, ANY, LOGSUMEXP, ARGMAX, ARGMIN
    }

    /** Copies the axes. */
    public Reduce {
        axes = List.copyOf(axes);
    }

    @Override
    public String name() {
        return op.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        Spec x = inputs.getFirst();
        List<Long> dims = new ArrayList<>();
        for (int i = 0; i < x.shape().rank(); i++) {
            if (!axes.contains(i)) {
                dims.add(x.shape().dim(i));
            } else if (keepdims) {
                dims.add(1L);
            }
        }
        return new Spec(Shape.shape(dims.stream().mapToLong(Long::longValue).toArray()), switch (op) {
            case ALL, ANY -> DType.BOOL;
            case ARGMAX, ARGMIN -> DType.UINT32;
            case SUM, PROD -> x.dtype() == DType.BOOL ? DType.INT32 : x.dtype();
            case MEAN, MAX, MIN, LOGSUMEXP -> x.dtype();
        });
    }
}
