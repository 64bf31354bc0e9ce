package dev.kiln.ops;

import static dev.kiln.ops.OpCase.ALL;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Operations that move elements. */
final class ShapeCases {

    private static final Domain ANY = Domain.of(-9, 9);

    private ShapeCases() {}

    private static OpCase row(String name, int rank, UnaryOperator<Array> call, UnaryOperator<Values> reference) {
        return new OpCase(name, List.of(ANY), ALL,
                shape -> shape.rank() < rank ? Optional.empty() : Optional.of(List.of(shape)),
                x -> call.apply(x.getFirst()), x -> reference.apply(x.getFirst()), 1);
    }

    private static OpCase pair(String name, int rank, Function<List<Array>, Array> call,
            Function<List<Values>, Values> reference) {
        return new OpCase(name, List.of(ANY, ANY), ALL,
                shape -> shape.rank() < rank ? Optional.empty() : Optional.of(List.of(shape, shape)), call, reference,
                1);
    }

    private static int last(Values x) {
        return x.shape().rank() - 1;
    }

    static List<OpCase> rows() {
        return List.of(
                row("flatten", 0, Ops::flatten, x -> x.reshape(x.shape().size())),
                row("reshape to a column", 0, x -> Ops.reshape(x, Shape.shape(x.size(), 1)),
                        x -> x.reshape(x.shape().size(), 1)),
                row("expand_dims", 1, x -> Ops.expandDims(x, 1), ShapeCases::expanded),
                row("swapaxes", 2, x -> Ops.swapaxes(x, 0, -1), x -> x.swap(0, last(x))),
                row("transpose and flatten", 2, x -> Ops.flatten(Ops.swapaxes(x, 0, -1)),
                        x -> x.swap(0, last(x)).reshape(x.shape().size())),
                row("contiguous", 0, Ops::contiguous, x -> x),
                row("broadcast_to", 0, x -> Ops.broadcastTo(x, lead(3, x.shape())),
                        x -> Values.of(lead(3, x.shape()), x::at)),
                row("flip", 1, x -> Ops.flip(x, 0), x -> moved(x, x.shape(), 0, i -> x.shape().dim(0) - 1 - i)),
                row("slice with a step", 1, x -> Ops.slice(x, from(x.ndim(), 1), x.shape().toArray(), steps(x.ndim())),
                        x -> moved(x, x.shape().with(0, x.shape().dim(0) / 2), 0, i -> 1 + 2 * i)).filled(1),
                row("roll", 1, x -> Ops.roll(x, 2, -1), x -> moved(x, x.shape(), last(x),
                        i -> Math.floorMod(i - 2, x.shape().dim(-1)))).filled(1),
                row("repeat", 1, x -> Ops.repeat(x, 3, 0),
                        x -> moved(x, x.shape().with(0, 3 * x.shape().dim(0)), 0, i -> i / 3)),
                row("pad", 1, x -> Ops.pad(x, 1), x -> padded(x)),
                row("tril", 2, Ops::tril, x -> Values.of(x.shape(),
                        index -> index[index.length - 1] <= index[index.length - 2] ? x.at(index) : 0)),
                pair("concatenate rows", 1, x -> Ops.concatenate(x, 0), x -> Values.concatenate(0, x)),
                pair("concatenate columns", 1, x -> Ops.concatenate(x, -1), x -> Values.concatenate(last(x.get(0)), x)),
                pair("stack", 0, Ops::stack, x -> Values.concatenate(0,
                        x.stream().map(part -> part.reshape(lead(1, part.shape()))).toList())),
                new OpCase("take", List.of(ANY, Domain.of(0, 0.5).as(DType.INT32)), ALL,
                        shape -> Optional.of(List.of(shape, Shape.shape(4))), x -> Ops.take(x.get(0), x.get(1), 0),
                        x -> moved(x.get(0), x.get(0).shape().with(0, 4), 0, i -> (long) x.get(1).at(i)), 1).filled(1));
    }

    private static Shape lead(long first, Shape rest) {
        long[] dims = new long[rest.rank() + 1];
        dims[0] = first;
        System.arraycopy(rest.toArray(), 0, dims, 1, rest.rank());
        return Shape.shape(dims);
    }

    private static Values expanded(Values x) {
        long[] dims = new long[x.shape().rank() + 1];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = i == 1 ? 1 : x.shape().dim(i == 0 ? 0 : i - 1);
        }
        return x.reshape(dims);
    }

    private static Values moved(Values x, Shape to, int axis, java.util.function.LongUnaryOperator from) {
        return Values.of(to, index -> {
            index[axis] = from.applyAsLong(index[axis]);
            return x.at(index);
        });
    }

    private static long[] from(int rank, long first) {
        long[] start = new long[rank];
        start[0] = first;
        return start;
    }

    private static long[] steps(int rank) {
        long[] steps = new long[rank];
        Arrays.fill(steps, 1);
        steps[0] = 2;
        return steps;
    }

    private static Values padded(Values x) {
        long[] dims = x.shape().toArray();
        for (int i = 0; i < dims.length; i++) {
            dims[i] += 2;
        }
        return Values.of(Shape.shape(dims), index -> {
            for (int axis = 0; axis < index.length; axis++) {
                if (--index[axis] < 0 || index[axis] >= x.shape().dim(axis)) {
                    return 0;
                }
            }
            return x.at(index);
        });
    }
}
