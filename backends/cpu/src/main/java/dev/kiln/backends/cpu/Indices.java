package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;

/**
 * Reads the indices that a kernel is given. They come from the program's data, so each is checked before it becomes an
 * address.
 */
final class Indices {

    private final String op;
    private final DType dtype;
    private final int axis;
    private final long length;
    private final LoadLoop load;
    /** What is added to a negative index, which counts from the end; a uint64 is none. */
    private final long behind;

    private Indices(String op, DType dtype, int axis, long length) {
        this.op = op;
        this.dtype = dtype;
        this.axis = axis;
        this.length = length;
        load = Loops.get().load(dtype);
        behind = dtype == DType.UINT64 ? 0 : length;
    }

    /** Indices in {@code list} along an axis of an array of {@code shape}. */
    static Indices of(String op, Work.Operand list, Shape shape, int axis) {
        return new Indices(op, list.spec().dtype(), axis, shape.dim(axis));
    }

    /**
     * Reads {@code n} indices that lie {@code step} bytes apart, and puts {@code unit} times each, from 0, into {@code to}.
     *
     * @throws IndexOutOfBoundsException if the axis has no such element
     */
    void read(long address, long step, int n, long unit, Reg to) {
        load.run(to, 0, address, step, n);
        long[] l = to.l();
        for (int i = 0; i < n; i++) {
            long raw = l[i];
            long index = raw < 0 ? raw + behind : raw;
            if (index < 0 || index >= length) {
                throw outOfBounds(raw);
            }
            l[i] = index * unit;
        }
    }

    /** The axis that they index. */
    int axis() {
        return axis;
    }

    private IndexOutOfBoundsException outOfBounds(long raw) {
        return new IndexOutOfBoundsException(
                "[" + op + "] Index " + (dtype == DType.UINT64 ? Long.toUnsignedString(raw) : Long.toString(raw))
                        + " is out of bounds for axis " + axis + " with size " + length + ".");
    }
}
