package dev.kiln.backends.cpu;

import dev.kiln.graph.DType;
import dev.kiln.ops.BinaryOp;
import java.util.function.Supplier;

/** Combines rows that lie apart in memory element by element, as halves of halves, for one thread. */
sealed interface RowsAcross permits RowsInRegisters, RowsInMemory {

    /** So many rows are combined one after the other. */
    int LEAF_ROWS = 64;

    /** How many levels of halving so many rows have, leaves included. */
    static int levels(long rows) {
        return Long.SIZE - Long.numberOfLeadingZeros(rows / LEAF_ROWS) + 1;
    }

    /**
     * Makes what combines rows of {@code from}, whose elements are {@code step} bytes apart, into at most {@code width} numbers of the
     * lane of {@code to}.
     */
    static Supplier<RowsAcross> maker(BinaryOp combining, DType from, DType to, long step, int levels, int width) {
        return RowsInMemory.maker(combining, from, step, levels, width)
                .orElseGet(() -> RowsInRegisters.maker(combining, from, to, step, levels, width));
    }

    /** Sets the numbers of a level to the combination of some rows of the walk, at most {@link #LEAF_ROWS}. */
    void leaf(int level, long address, Walk rows, long first, long count, int n);

    /** Combines the numbers of a level with those of the next. */
    void join(int level, int n);

    /** The first {@code n} numbers of the first level. */
    Reg result(int n);

    /** Ends the use. */
    void giveBack();

    /** The combination of {@code count} rows of the walk; good until the next. */
    default Reg fold(long address, Walk rows, long first, long count, int n) {
        fold(0, address, rows, first, count, n);
        return result(n);
    }

    private void fold(int level, long address, Walk rows, long first, long count, int n) {
        if (count <= LEAF_ROWS) {
            leaf(level, address, rows, first, count, n);
            return;
        }
        long half = count / 2;
        fold(level, address, rows, first, half, n);
        fold(level + 1, address, rows, first + half, count - half, n);
        join(level, n);
    }
}
