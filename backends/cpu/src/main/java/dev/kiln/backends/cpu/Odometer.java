package dev.kiln.backends.cpu;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;

/**
 * Walks over the elements of a shape in row-major order and tells where each is in two memories at once. Its use is outside
 * of inner loops, and where there is no regular inner loop. Not for more than one thread.
 */
final class Odometer {

    private final long[] dims;
    private final long[] a;
    private final long[] b;
    private final long[] index;
    private long atA;
    private long atB;

    private Odometer(long[] dims, long[] a, long[] b) {
        this.dims = dims;
        this.a = a;
        this.b = b;
        this.index = new long[dims.length];
    }

    /** Walks over {@code shape} in memories with these steps along each axis. */
    static Odometer over(long[] dims, long[] a, long[] b) {
        return new Odometer(dims, a, b);
    }

    /** Walks over {@code shape}, in bytes of elements of these sizes. */
    static Odometer over(Shape shape, Layout a, int sizeA, Layout b, int sizeB) {
        return new Odometer(shape.toArray(), bytes(a, sizeA), bytes(b, sizeB));
    }

    private static long[] bytes(Layout layout, int size) {
        return layout.strides().stream().map(stride -> stride * size).toArray();
    }

    /** How far the current element is from the first of the first memory. */
    long a() {
        return atA;
    }

    /** How far the current element is from the first of the second memory. */
    long b() {
        return atB;
    }

    /** Goes to the element of this row-major number. */
    Odometer seek(long number) {
        long rest = number;
        atA = 0;
        atB = 0;
        for (int i = dims.length - 1; i >= 0; i--) {
            index[i] = rest % dims[i];
            rest /= dims[i];
            atA += index[i] * a[i];
            atB += index[i] * b[i];
        }
        return this;
    }

    /** Goes to the next element; after the last, to the first again. */
    void next() {
        for (int i = dims.length - 1; i >= 0; i--) {
            atA += a[i];
            atB += b[i];
            if (++index[i] < dims[i]) {
                return;
            }
            atA -= dims[i] * a[i];
            atB -= dims[i] * b[i];
            index[i] = 0;
        }
    }
}
