package dev.kiln.graph;

import com.google.common.primitives.ImmutableLongArray;
import java.util.Optional;

/**
 * Where the elements of an array lie in its memory.
 *
 * @param offset the first element's place, in elements from the memory's start
 * @param strides for each axis, the step from an element to the next, in elements; may be 0 (broadcast) or negative
 */
public record Layout(long offset, ImmutableLongArray strides) {

    /** Row-major without gaps, from the start of the memory. */
    public static Layout contiguous(Shape shape) {
        long[] strides = new long[shape.rank()];
        long step = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = step;
            step *= Math.max(1, shape.dim(i));
        }
        return new Layout(0, ImmutableLongArray.copyOf(strides));
    }

    /** The step along an axis, in elements. */
    public long stride(int axis) {
        return strides.get(axis < 0 ? axis + strides.length() : axis);
    }

    /** Whether the elements of {@code shape} follow each other row-major without gaps; the offset does not matter. */
    public boolean isContiguous(Shape shape) {
        long step = 1;
        for (int i = shape.rank() - 1; i >= 0; i--) {
            if (shape.dim(i) != 1 && strides.get(i) != step) {
                return shape.size() == 0;
            }
            step *= shape.dim(i);
        }
        return true;
    }

    /** The layout of this array of shape {@code from} seen as {@code to}, to which it broadcasts. */
    public Layout broadcast(Shape from, Shape to) {
        long[] out = new long[to.rank()];
        int lead = to.rank() - from.rank();
        for (int i = lead; i < out.length; i++) {
            out[i] = from.dim(i - lead) == 1 ? 0 : strides.get(i - lead);
        }
        return new Layout(offset, ImmutableLongArray.copyOf(out));
    }

    /**
     * The layout of this array of shape {@code from} seen as {@code to}, of as many elements; empty if no strides can say
     * it, so that the elements must be copied.
     *
     * <p>
     * Axes of {@code from} that follow each other without a gap act as one; each such run is cut into axes of {@code to}.
     */
    public Optional<Layout> reshape(Shape from, Shape to) {
        if (isContiguous(from)) {
            return Optional.of(new Layout(offset, contiguous(to).strides));
        }
        long[] dims = new long[from.rank()];
        long[] steps = new long[from.rank()];
        int runs = 0;
        for (int i = 0; i < from.rank(); i++) {
            if (from.dim(i) == 1) {
                continue;
            }
            if (runs > 0 && steps[runs - 1] == strides.get(i) * from.dim(i)) {
                dims[runs - 1] *= from.dim(i);
                steps[runs - 1] = strides.get(i);
            } else {
                dims[runs] = from.dim(i);
                steps[runs++] = strides.get(i);
            }
        }
        long[] out = new long[to.rank()];
        int run = runs - 1;
        long step = runs > 0 ? steps[run] : 1;
        long left = runs > 0 ? dims[run] : 1;
        for (int i = out.length - 1; i >= 0; i--) {
            long dim = to.dim(i);
            if (dim == 1) {
                out[i] = step;
                continue;
            }
            if (left == 1 && run > 0) {
                run--;
                left = dims[run];
                step = steps[run];
            }
            if (left % dim != 0) {
                return Optional.empty();
            }
            out[i] = step;
            left /= dim;
            step *= dim;
        }
        return Optional.of(new Layout(offset, ImmutableLongArray.copyOf(out)));
    }
}
