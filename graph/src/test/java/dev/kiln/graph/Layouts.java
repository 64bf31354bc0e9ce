package dev.kiln.graph;

import com.google.common.primitives.ImmutableLongArray;
import java.util.Arrays;

/** Layouts by numbers, and where they say that elements lie. */
final class Layouts {

    private Layouts() {}

    static Layout of(long offset, long... strides) {
        return new Layout(offset, ImmutableLongArray.copyOf(strides));
    }

    /** The places of all elements, row-major. */
    static long[] places(Shape shape, Layout layout) {
        long[] places = new long[Math.toIntExact(shape.size())];
        long[] index = new long[shape.rank()];
        for (int i = 0; i < places.length; i++) {
            long at = layout.offset();
            for (int axis = 0; axis < index.length; axis++) {
                at += index[axis] * layout.stride(axis);
            }
            places[i] = at;
            for (int axis = index.length - 1; axis >= 0 && ++index[axis] == shape.dim(axis); axis--) {
                index[axis] = 0;
            }
        }
        return places;
    }

    /** The elements of {@code memory} at those places. */
    static double[] gather(double[] memory, Shape shape, Layout layout) {
        return Arrays.stream(places(shape, layout)).mapToDouble(at -> memory[(int) at]).toArray();
    }
}
