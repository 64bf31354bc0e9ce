package dev.kiln.ops;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.graph.DType;
import java.util.OptionalLong;

/** How many bytes an array takes, worked out for shapes that a file claims and nobody has checked. */
final class ByteCount {
    /** As many dimensions as NumPy allows; a file that claims more is damaged or hostile. */
    static final int MAX_RANK = 64;

    private ByteCount() {}

    /**
     * The bytes of an array, or empty if no array can have that shape. The dimensions beside a zero count too: the array
     * itself would be empty, but its strides could not be expressed.
     */
    static OptionalLong of(DType dtype, ImmutableLongArray dims) {
        long bytes = dtype.size();
        boolean vacant = false;
        for (int axis = 0; axis < dims.length(); axis++) {
            long dim = dims.get(axis);
            if (dim < 0 || (dim > 0 && bytes > Long.MAX_VALUE / dim)) {
                return OptionalLong.empty();
            }
            vacant |= dim == 0;
            bytes *= Math.max(dim, 1);
        }
        return OptionalLong.of(vacant ? 0 : bytes);
    }
}
