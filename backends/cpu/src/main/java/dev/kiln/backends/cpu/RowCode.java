package dev.kiln.backends.cpu;

/** Code that computes a fused program along one row, or along a piece of a row if the program does not look along rows. */
@FunctionalInterface
public interface RowCode {

    /**
     * Computes the first {@code columns} elements of a row.
     *
     * @param at where the row begins: the addresses of what is read, of what is written, then of the scratch areas, each with
     *            room for a float an element, rounded up to whole vectors
     * @param row room for the row's numbers, one for each term of the formula
     * @param staged what is read or written as float32 in place of another dtype, with room for whole vectors
     */
    void run(long[] at, float[] row, float[][] staged, int columns);
}
