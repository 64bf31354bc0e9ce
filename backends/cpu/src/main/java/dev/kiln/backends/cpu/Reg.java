package dev.kiln.backends.cpu;

/**
 * A scratch register: one block of values of a fused program, small enough to stay in the first-level cache.
 *
 * <p>The capacity is rounded up to a multiple of 64 elements. Elementwise loops may compute on the padding, whose
 * values mean nothing, so that vector loops need no masks.
 */
public final class Reg {
    private static final int PADDING = 64;

    private final Lane lane;
    private final int capacity;
    private final float[] f;
    private final double[] d;
    private final long[] l;
    private final float[] c;

    /** A register of zeros with room for at least {@code capacity} elements. */
    public Reg(Lane lane, int capacity) {
        this.lane = lane;
        this.capacity = Math.ceilDiv(capacity, PADDING) * PADDING;
        f = new float[lane == Lane.F32 ? this.capacity : 0];
        d = new double[lane == Lane.F64 ? this.capacity : 0];
        l = new long[lane == Lane.I64 ? this.capacity : 0];
        c = new float[lane == Lane.C64 ? 2 * this.capacity : 0];
    }

    /** What it holds. */
    public Lane lane() {
        return lane;
    }

    /** Elements it has room for, padding included. */
    public int capacity() {
        return capacity;
    }

    /** The elements of an {@link Lane#F32} register; empty for another lane, as are the other three. */
    public float[] f() {
        return f;
    }

    /** The elements of an {@link Lane#F64} register. */
    public double[] d() {
        return d;
    }

    /** The elements of an {@link Lane#I64} register. */
    public long[] l() {
        return l;
    }

    /** The elements of a {@link Lane#C64} register, real and imaginary parts in turn. */
    public float[] c() {
        return c;
    }
}
