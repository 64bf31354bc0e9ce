package dev.kiln.backends.metal;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;

/**
 * The bytes that a kernel may touch around the address it gets for an array: from {@code low}, which may be negative, up to
 * {@code high}; and what the address must be a multiple of.
 */
record Range(long low, long high, int alignment) {

    /** Of all elements of {@code shape}, of {@code size} bytes each, in a layout whose offset is in the address. */
    static Range of(Shape shape, Layout layout, int size, int alignment) {
        if (shape.size() == 0) {
            return new Range(0, 0, alignment);
        }
        long low = 0;
        long high = 0;
        for (int i = 0; i < shape.rank(); i++) {
            long reach = (shape.dim(i) - 1) * layout.stride(i);
            low += Math.min(0, reach);
            high += Math.max(0, reach);
        }
        return new Range(low * size, (high + 1) * size, alignment);
    }

    boolean isEmpty() {
        return high == low;
    }
}
