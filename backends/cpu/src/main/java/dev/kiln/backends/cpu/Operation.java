package dev.kiln.backends.cpu;

/**
 * What one instruction of a fused program does to a block of whole rows that lie one behind the other in registers.
 *
 * <p>
 * An elementwise operation may find its result's register among its arguments, a row-wise one only as the first argument, a
 * reduction never.
 */
@FunctionalInterface
interface Operation {

    /**
     * Computes {@code out}: {@code rows * columns} elements, or {@code rows} if it is a reduction's.
     *
     * @param in the arguments; there may be more registers than arguments
     */
    void run(Reg out, Reg[] in, int rows, int columns);
}
