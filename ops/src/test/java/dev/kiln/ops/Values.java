package dev.kiln.ops;

import dev.kiln.graph.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/** Row-major doubles with a shape: what references compute on, plainly and one element at a time. */
final class Values {

    private final Shape shape;
    private final double[] elements;

    Values(Shape shape, double[] elements) {
        if (elements.length != shape.size()) {
            throw new IllegalArgumentException(elements.length + " elements for shape " + shape);
        }
        this.shape = shape;
        this.elements = elements;
    }

    Shape shape() {
        return shape;
    }

    /** The elements themselves, not a copy. */
    double[] elements() {
        return elements;
    }

    /** Makes an element of its index. */
    interface At {
        double element(long[] index);
    }

    static Values of(Shape shape, At at) {
        double[] elements = new double[Math.toIntExact(shape.size())];
        long[] index = new long[shape.rank()];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = at.element(index.clone());
            for (int axis = index.length - 1; axis >= 0 && ++index[axis] == shape.dim(axis); axis--) {
                index[axis] = 0;
            }
        }
        return new Values(shape, elements);
    }

    /** The element at {@code index}; leading axes beyond the rank are ignored and axes of length 1 repeat. */
    double at(long... index) {
        long place = 0;
        int lead = index.length - shape.rank();
        for (int axis = 0; axis < shape.rank(); axis++) {
            place = place * shape.dim(axis) + (shape.dim(axis) == 1 ? 0 : index[axis + lead]);
        }
        return elements[(int) place];
    }

    Values map(DoubleUnaryOperator op) {
        return new Values(shape, Arrays.stream(elements).map(op).toArray());
    }

    /** Elementwise with broadcasting. */
    Values zip(Values other, DoubleBinaryOperator op) {
        return of(Shape.broadcast(shape, other.shape),
                index -> op.applyAsDouble(at(index), other.at(index)));
    }

    Values reshape(Shape to) {
        return new Values(to, elements);
    }

    Values reshape(long... dims) {
        return reshape(Shape.shape(dims));
    }

    /** The elements along an axis through {@code index}. */
    double[] line(int axis, long[] index) {
        double[] line = new double[Math.toIntExact(shape.dim(axis))];
        long[] moving = index.clone();
        for (int i = 0; i < line.length; i++) {
            moving[axis] = i;
            line[i] = at(moving);
        }
        return line;
    }

    /** Folds an axis, which stays with length 1. */
    Values fold(int axis, ToDoubleFunction<double[]> fold) {
        return of(shape.with(axis, 1), index -> fold.applyAsDouble(line(axis, index)));
    }

    /** Replaces each line along an axis by another of the same length. */
    Values alongAxis(int axis, java.util.function.UnaryOperator<double[]> op) {
        return of(shape, index -> op.apply(line(axis, index))[(int) index[axis]]);
    }

    /** Folds everything to one number. */
    Values foldAll(ToDoubleFunction<double[]> fold) {
        return new Values(Shape.SCALAR, new double[] {fold.applyAsDouble(elements)});
    }

    /** Without an axis of length 1. */
    Values squeeze(int axis) {
        long[] dims = new long[shape.rank() - 1];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = shape.dim(i < axis ? i : i + 1);
        }
        return reshape(Shape.shape(dims));
    }

    Values swap(int axis1, int axis2) {
        return of(Shape.shape(swapped(shape.toArray(), axis1, axis2)), index -> at(swapped(index, axis1, axis2)));
    }

    private static long[] swapped(long[] values, int a, int b) {
        long[] swapped = values.clone();
        swapped[a] = values[b];
        swapped[b] = values[a];
        return swapped;
    }

    /** The last two axes multiplied as matrices, the others broadcast. */
    Values matmul(Values other) {
        int rank = shape.rank();
        Shape batch = Shape.broadcast(shape.with(-1, 1).with(-2, 1), other.shape.with(-1, 1).with(-2, 1));
        return of(batch.with(-2, shape.dim(-2)).with(-1, other.shape.dim(-1)), index -> {
            double sum = 0;
            long[] left = index.clone();
            long[] right = index.clone();
            for (long k = 0; k < shape.dim(rank - 1); k++) {
                left[index.length - 1] = k;
                right[index.length - 2] = k;
                sum += at(left) * other.at(right);
            }
            return sum;
        });
    }

    static Values concatenate(int axis, List<Values> parts) {
        Values first = parts.getFirst();
        long length = parts.stream().mapToLong(part -> part.shape.dim(axis)).sum();
        return of(first.shape.with(axis, length), index -> {
            long[] inside = index.clone();
            int part = 0;
            while (inside[axis] >= parts.get(part).shape.dim(axis)) {
                inside[axis] -= parts.get(part++).shape.dim(axis);
            }
            return parts.get(part).at(inside);
        });
    }
}
