package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Shape;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What the functions of {@link ReductionOps} are made of: checks of axes, dtypes of results, and primitives. */
final class Reductions {

    private Reductions() {}

    static int[] allAxes(String op, Array a) {
        return IntStream.range(0, Operands.require(op, "a", a).ndim()).toArray();
    }

    static Array sum(Array a, int[] axes, boolean keepdims, Stream stream) {
        return accumulate(Reduce.Op.SUM, a, axes, keepdims, stream);
    }

    static Array prod(Array a, int[] axes, boolean keepdims, Stream stream) {
        return accumulate(Reduce.Op.PROD, a, axes, keepdims, stream);
    }

    static Array mean(Array a, int[] axes, boolean keepdims, Stream stream) {
        Operands.require("mean", "a", a);
        return reduce(Reduce.Op.MEAN, a.astype(a.dtype().toInexact(), stream), axes, keepdims, stream);
    }

    static Array all(Array a, int[] axes, boolean keepdims, Stream stream) {
        Operands.require("all", "a", a);
        return reduce(Reduce.Op.ALL, a.astype(DType.BOOL, stream), axes, keepdims, stream);
    }

    static Array any(Array a, int[] axes, boolean keepdims, Stream stream) {
        Operands.require("any", "a", a);
        return reduce(Reduce.Op.ANY, a.astype(DType.BOOL, stream), axes, keepdims, stream);
    }

    static Array max(Array a, int[] axes, boolean keepdims, Stream stream) {
        return extremum(Reduce.Op.MAX, a, axes, keepdims, stream);
    }

    static Array min(Array a, int[] axes, boolean keepdims, Stream stream) {
        return extremum(Reduce.Op.MIN, a, axes, keepdims, stream);
    }

    static Array logsumexp(Array a, int[] axes, boolean keepdims, Stream stream) {
        Operands.require("logsumexp", "a", a);
        if (a.size() == 0) {
            throw new IllegalArgumentException("[logsumexp] Received empty array of shape " + a.shape() + ".");
        }
        return reduce(Reduce.Op.LOGSUMEXP, a.astype(a.dtype().toInexact(), stream), axes, keepdims, stream);
    }

    static Array var(Array a, int[] axes, boolean keepdims, int ddof, Stream stream) {
        return variance("var", a, axes, keepdims, ddof, stream).astype(realOf(a), stream);
    }

    static Array std(Array a, int[] axes, boolean keepdims, int ddof, Stream stream) {
        return variance("std", a, axes, keepdims, ddof, stream).sqrt(stream).astype(realOf(a), stream);
    }

    static Array arg(Reduce.Op op, Array a, int axis, boolean keepdims, Stream stream) {
        Operands.require(name(op), "a", a);
        requireSome(op, a);
        return reduce(op, a, new int[] {axis}, keepdims, stream);
    }

    static Array arg(Reduce.Op op, Array a, boolean keepdims, Stream stream) {
        Operands.require(name(op), "a", a);
        requireSome(op, a);
        Node flat = Operands.reshape(a.node(), Shape.shape(a.size()), stream);
        Array place = Operands.of(new Reduce(op, List.of(0), false), stream, flat);
        return keepdims
                ? new Array(Operands.reshape(place.node(), ones(a.ndim()), stream))
                : place;
    }

    static Array softmax(Array a, int[] axes, boolean precise, Stream stream) {
        Operands.require("softmax", "a", a);
        List<Integer> folded = axes("softmax", a, axes);
        int rank = a.ndim();
        Array x = a.astype(a.dtype().toInexact(), stream);
        if (x.size() == 0) {
            return x;
        }
        if (folded.isEmpty()) {
            return rows(x.node(), Shape.shape(x.shape().size(), 1), precise, stream);
        }
        if (folded.equals(List.of(rank - 1))) {
            return Operands.of(new Softmax(precise), stream, x.node());
        }
        // The folded axes go to the end, where they are one row.
        List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        order.removeAll(folded);
        order.addAll(folded);
        Node sorted = Node.of(new Transpose(order), x.node(), stream);
        long columns = folded.stream().mapToLong(x.shape()::dim).reduce(1, (m, n) -> m * n);
        Array done = rows(sorted, Shape.shape(x.size() / columns, columns), precise, stream);
        List<Integer> back = IntStream.range(0, rank).mapToObj(order::indexOf).toList();
        return Operands.of(new Transpose(back), stream, done.node());
    }

    /** The sums of what broadcasting {@code shape} to the shape of {@code a} has repeated. */
    static Array onto(Shape shape, Array a) {
        int lead = a.ndim() - shape.rank();
        int[] repeated = IntStream.range(0, a.ndim())
                .filter(axis -> axis < lead || shape.dim(axis - lead) == 1 && a.dim(axis) != 1).toArray();
        return Ops.reshape(Ops.sum(a, repeated, true), shape);
    }

    private static Array rows(Node x, Shape rows, boolean precise, Stream stream) {
        Node done = Node.of(new Softmax(precise), Operands.reshape(x, rows, stream), stream);
        return new Array(Operands.reshape(done, x.shape(), stream));
    }

    private static Array accumulate(Reduce.Op op, Array a, int[] axes, boolean keepdims, Stream stream) {
        Operands.require(name(op), "a", a);
        return reduce(op, a.astype(sumOf(a.dtype()), stream), axes, keepdims, stream);
    }

    private static Array extremum(Reduce.Op op, Array a, int[] axes, boolean keepdims, Stream stream) {
        Operands.require(name(op), "a", a);
        for (int axis : axes(name(op), a, axes)) {
            if (a.shape().dim(axis) == 0) {
                throw new IllegalArgumentException("[%s] Cannot %s reduce over axis %d with size 0 of shape %s."
                        .formatted(name(op), name(op), axis, a.shape()));
            }
        }
        return reduce(op, a, axes, keepdims, stream);
    }

    private static Array variance(String name, Array a, int[] axes, boolean keepdims, int ddof, Stream stream) {
        Operands.require(name, "a", a);
        long count = axes(name, a, axes).stream().mapToLong(a.shape()::dim).reduce(1, (m, n) -> m * n);
        Array x = a.astype(Reduce.accumulator(a.dtype().toInexact()), stream);
        Array distance = x.subtract(mean(x, axes, true, stream), stream);
        Array square = x.dtype() == DType.COMPLEX64
                ? distance.multiply(distance.conjugate(stream), stream).real(stream)
                : distance.square(stream);
        if (ddof == 0) {
            return mean(square, axes, keepdims, stream);
        }
        return sum(square, axes, keepdims, stream).divide(Math.max(count - ddof, 0), stream);
    }

    private static Array reduce(Reduce.Op op, Array a, int[] axes, boolean keepdims, Stream stream) {
        List<Integer> folded = axes(name(op), a, axes);
        return folded.isEmpty() ? a : Operands.of(new Reduce(op, folded, keepdims), stream, a.node());
    }

    /** The axes from 0, ascending. */
    private static List<Integer> axes(String name, Array a, int[] axes) {
        Operands.require(name, "axes", axes);
        List<Integer> folded = Arrays.stream(axes).map(axis -> a.shape().axis(name, axis)).sorted().distinct().boxed()
                .toList();
        if (folded.size() != axes.length) {
            throw new IllegalArgumentException("[" + name + "] Received duplicate axes " + Arrays.toString(axes)
                    + " for array with shape " + a.shape() + ".");
        }
        return folded;
    }

    private static void requireSome(Reduce.Op op, Array a) {
        if (a.size() == 0) {
            throw new IllegalArgumentException("[%s] Cannot %s reduce zero size array of shape %s.".formatted(name(op),
                    name(op), a.shape()));
        }
    }

    private static String name(Reduce.Op op) {
        return new Reduce(op, List.of(), false).name();
    }

    private static Shape ones(int rank) {
        long[] dims = new long[rank];
        Arrays.fill(dims, 1);
        return Shape.shape(dims);
    }

    /** The dtype in which MLX adds up elements. */
    private static DType sumOf(DType dtype) {
        return switch (dtype) {
            case BOOL, INT8, INT16 -> DType.INT32;
            case UINT8, UINT16 -> DType.UINT32;
            case UINT32, UINT64, INT32, INT64, FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64 -> dtype;
        };
    }

    private static DType realOf(Array a) {
        DType dtype = a.dtype().toInexact();
        return dtype == DType.COMPLEX64 ? DType.FLOAT32 : dtype;
    }
}
