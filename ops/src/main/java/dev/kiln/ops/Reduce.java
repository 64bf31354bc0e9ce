package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Folds axes. 16-bit floating-point inputs accumulate in float32 and are rounded once at the end.
 *
 * @param axes the folded axes, ascending, from 0
 * @param keepdims whether the folded axes stay, with length 1
 */
public record Reduce(Op op, List<Integer> axes, boolean keepdims)
        implements
            Primitive.Reduction,
            Differentiable.ByArgument,
            Batchable {

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

    @Override
    public Optional<Node> decompose(List<Node> inputs) {
        Array x = new Array(inputs.getFirst());
        Array wide = x.astype(accumulator(x.dtype()), x.stream());
        return switch (op) {
            case MEAN -> Optional.of(fold(Op.SUM, wide, axes, keepdims).divide(count(x), x.stream())
                    .astype(x.dtype(), x.stream()).node());
            case LOGSUMEXP -> {
                Array largest = fold(Op.MAX, wide.real(x.stream()), axes, true);
                // An infinity cannot be subtracted; without it the logarithm gives that infinity.
                Array shift = Ops.where(largest.isfinite(x.stream()), largest, 0, x.stream());
                Array sum = fold(Op.SUM, wide.subtract(shift, x.stream()).exp(x.stream()), axes, true);
                Array result = sum.log(x.stream()).add(shift, x.stream()).astype(x.dtype(), x.stream());
                yield Optional.of(Operands.reshape(result.node(), infer(List.of(x.node().spec())).shape(), x.stream()));
            }
            case SUM, PROD, MAX, MIN, ALL, ANY, ARGMAX, ARGMIN -> Optional.empty();
        };
    }

    /** The dtype in which statistics of elements of {@code dtype} are computed. */
    static DType accumulator(DType dtype) {
        return dtype == DType.FLOAT16 || dtype == DType.BFLOAT16 ? DType.FLOAT32 : dtype;
    }

    private static Array fold(Op op, Array x, List<Integer> axes, boolean keepdims) {
        return Operands.of(new Reduce(op, axes, keepdims), x.stream(), x.node());
    }

    @Override
    public @Nullable Array vjp(int argument, List<Array> primals, Array result, Array cotangent) {
        Array x = primals.getFirst();
        Array g = Ops.broadcastTo(keeping(cotangent, x), x.shape());
        DType wide = accumulator(x.dtype()); // in which counts are finite and powers sum up to 1
        return switch (op) {
            case SUM -> g;
            case MEAN -> g.astype(wide).divide(count(x)).astype(x.dtype());
            case PROD -> g.multiply(productOfOthers(x));
            case MAX, MIN -> {
                Array extreme = x.equal(Ops.broadcastTo(keeping(result, x), x.shape())).astype(wide);
                yield g.astype(wide).multiply(extreme).divide(fold(Op.SUM, extreme, axes, true)).astype(x.dtype());
            }
            case LOGSUMEXP -> {
                int[] all = axes.stream().mapToInt(Integer::intValue).toArray();
                yield g.astype(wide).multiply(Ops.softmax(x.astype(wide), all, true)).astype(x.dtype());
            }
            case ALL, ANY, ARGMAX, ARGMIN -> null;
        };
    }

    /** With the folded axes, of length 1. */
    private Array keeping(Array folded, Array x) {
        long[] dims = x.shape().toArray();
        axes.forEach(axis -> dims[axis] = 1);
        return Ops.reshape(folded, Shape.shape(dims));
    }

    private long count(Array x) {
        return axes.stream().mapToLong(x.shape()::dim).reduce(1, (m, n) -> m * n);
    }

    /** The product of all elements that an element is folded with, without that element, which may be 0. */
    private Array productOfOthers(Array x) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, x.ndim()).boxed().toList());
        order.removeAll(axes);
        order.addAll(axes);
        int[] there = order.stream().mapToInt(Integer::intValue).toArray();
        int[] back = IntStream.range(0, x.ndim()).map(order::indexOf).toArray();
        Array sorted = Ops.transpose(x, there);
        Array rows = Ops.reshape(sorted, Shape.shape(x.size() / Math.max(1, count(x)), count(x)));
        Array others = Ops.cumprod(rows, -1, false, false).multiply(Ops.cumprod(rows, -1, true, false));
        return Ops.transpose(Ops.reshape(others, sorted.shape()), back);
    }

    @Override
    public Array vmap(Batch inputs) {
        return inputs.apply(new Reduce(op, axes.stream().map(axis -> axis + 1).toList(), keepdims));
    }
}
