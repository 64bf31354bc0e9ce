package dev.kiln.backends.cpu;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import java.util.Arrays;

/** The elements of an array in row-major order, as byte offsets. Axes that one step can walk through act as one. */
final class Walk {

    /** Lengths and byte steps of the axes that are left, at least one. */
    final long[] dims;
    final long[] steps;

    private Walk(long[] dims, long[] steps) {
        this.dims = dims;
        this.steps = steps;
    }

    static Walk of(Shape shape, Layout layout, int elementSize) {
        long[] dims = new long[shape.rank() + 1];
        long[] steps = new long[shape.rank() + 1];
        int first = dims.length;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            long dim = shape.dim(axis);
            long step = layout.stride(axis) * elementSize;
            if (dim == 1) {
                continue;
            }
            if (first < dims.length && step == steps[first] * dims[first]) {
                dims[first] *= dim;
            } else {
                dims[--first] = dim;
                steps[first] = step;
            }
        }
        if (first == dims.length) {
            dims[--first] = 1;
        }
        return new Walk(Arrays.copyOfRange(dims, first, dims.length),
                Arrays.copyOfRange(steps, first, steps.length));
    }

    int rank() {
        return dims.length;
    }

    /** Whether all elements are the same one. */
    boolean isConstant() {
        return dims.length == 1 && steps[0] == 0;
    }

    /** The offset of element {@code number}. */
    long offset(long number) {
        if (dims.length == 1) {
            return number * steps[0];
        }
        long offset = 0;
        long rest = number;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            offset += rest % dims[axis] * steps[axis];
            rest /= dims[axis];
        }
        return offset;
    }
}
