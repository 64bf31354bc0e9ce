package dev.kiln.graph;

import java.util.Arrays;

/** The lengths of an array's axes; immutable. A shape without axes is a scalar's. */
public final class Shape {

    /** The shape of a scalar. */
    public static final Shape SCALAR = new Shape(new long[0], 1);

    private final long[] dims;
    private final long size;

    private Shape(long[] dims, long size) {
        this.dims = dims;
        this.size = size;
    }

    /**
     * A shape of these lengths.
     *
     * @throws IllegalArgumentException if a length is negative or the number of elements exceeds a {@code long}
     */
    public static Shape shape(long... dims) {
        long size = 1;
        boolean empty = false;
        for (long dim : dims) {
            if (dim < 0) {
                throw new IllegalArgumentException("Negative dimensions not allowed: " + format(dims) + ".");
            }
            empty |= dim == 0;
        }
        for (int i = 0; i < dims.length && !empty; i++) {
            if (Math.multiplyHigh(size, dims[i]) != 0 || size * dims[i] < 0) {
                throw new IllegalArgumentException("Shape " + format(dims) + " has more than 2^63 elements.");
            }
            size *= dims[i];
        }
        return new Shape(dims.clone(), empty ? 0 : size);
    }

    /** The number of axes. */
    public int rank() {
        return dims.length;
    }

    /** The length of an axis; negative axes count from the end. */
    public long dim(int axis) {
        return dims[axis < 0 ? axis + dims.length : axis];
    }

    /** The number of elements. */
    public long size() {
        return size;
    }

    /** A copy of the lengths. */
    public long[] toArray() {
        return dims.clone();
    }

    /** This shape with the length of one axis changed. */
    public Shape with(int axis, long dim) {
        long[] changed = dims.clone();
        changed[axis < 0 ? axis + dims.length : axis] = dim;
        return shape(changed);
    }

    /**
     * The axis from 0 that {@code axis}, perhaps negative, means.
     *
     * @throws IllegalArgumentException naming {@code op} if there is no such axis
     */
    public int axis(String op, int axis) {
        if (axis < -dims.length || axis >= dims.length) {
            throw new IllegalArgumentException("[" + op + "] Axis " + axis + " is out of bounds for array with "
                    + dims.length + " dimensions and shape " + this + ".");
        }
        return axis < 0 ? axis + dims.length : axis;
    }

    /**
     * The shape to which both broadcast, by NumPy's rule.
     *
     * @throws IllegalArgumentException naming both if they do not
     */
    public static Shape broadcast(Shape a, Shape b) {
        if (a.equals(b)) {
            return a;
        }
        if (a.rank() < b.rank()) {
            return broadcast(b, a);
        }
        long[] dims = a.dims.clone();
        int lead = a.rank() - b.rank();
        for (int i = lead; i < dims.length; i++) {
            long other = b.dims[i - lead];
            if (dims[i] == 1) {
                dims[i] = other;
            } else if (other != 1 && other != dims[i]) {
                throw new IllegalArgumentException(
                        "[broadcast_shapes] Shapes " + a + " and " + b + " cannot be broadcast.");
            }
        }
        return shape(dims);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof Shape that && Arrays.equals(dims, that.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** For example {@code (2,3)}, as MLX's messages print shapes. */
    @Override
    public String toString() {
        return format(dims);
    }

    private static String format(long[] dims) {
        StringBuilder text = new StringBuilder("(");
        for (int i = 0; i < dims.length; i++) {
            text.append(i == 0 ? "" : ",").append(dims[i]);
        }
        return text.append(')').toString();
    }
}
