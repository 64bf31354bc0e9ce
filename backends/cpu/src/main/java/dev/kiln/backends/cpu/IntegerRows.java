package dev.kiln.backends.cpu;

/**
 * Loops along one row of integers: the {@code cols} elements of an {@link Lane#I64} register from {@code at} on.
 * Sums and products wrap around at 64 bits; {@link Loops#round} wraps them further.
 */
public final class IntegerRows {
    static final IntegerRows SIGNED = new IntegerRows(0);
    static final IntegerRows UNSIGNED = new IntegerRows(Long.MIN_VALUE);

    /** Flipping the top bit makes the signed order of longs the unsigned one. */
    private final long flip;

    private IntegerRows(long flip) {
        this.flip = flip;
    }

    /** The sum; 0 for an empty row. */
    public long sum(Reg x, int at, int cols) {
        long[] l = x.l();
        long sum = 0;
        for (int i = at; i < at + cols; i++) {
            sum += l[i];
        }
        return sum;
    }

    /** The product; 1 for an empty row. */
    public long product(Reg x, int at, int cols) {
        long[] l = x.l();
        long product = 1;
        for (int i = at; i < at + cols; i++) {
            product *= l[i];
        }
        return product;
    }

    /** The largest element; the smallest of 64 bits for an empty row. */
    public long max(Reg x, int at, int cols) {
        long[] l = x.l();
        long max = Long.MIN_VALUE;
        for (int i = at; i < at + cols; i++) {
            max = Math.max(max, l[i] ^ flip);
        }
        return max ^ flip;
    }

    /** The smallest element; the largest of 64 bits for an empty row. */
    public long min(Reg x, int at, int cols) {
        long[] l = x.l();
        long min = Long.MAX_VALUE;
        for (int i = at; i < at + cols; i++) {
            min = Math.min(min, l[i] ^ flip);
        }
        return min ^ flip;
    }

    /** Where in the row the first maximum is. */
    public int argmax(Reg x, int at, int cols) {
        return indexOf(x, at, cols, max(x, at, cols));
    }

    /** Where in the row the first minimum is. */
    public int argmin(Reg x, int at, int cols) {
        return indexOf(x, at, cols, min(x, at, cols));
    }

    private static int indexOf(Reg x, int at, int cols, long value) {
        long[] l = x.l();
        for (int i = 0; i < cols; i++) {
            if (l[at + i] == value) {
                return i;
            }
        }
        return 0;
    }
}
