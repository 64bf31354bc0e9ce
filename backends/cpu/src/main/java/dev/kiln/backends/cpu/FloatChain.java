package dev.kiln.backends.cpu;

/**
 * Some functions of two float32s, of which each takes what the one before it has computed and elements from memory. What passes from
 * one to the next stays in registers.
 */
public interface FloatChain {

    /** Multiples of this many elements go through a chain. */
    int ELEMENTS = 64;

    /** The number by which {@link #run} knows a function, or -1 if it does not. */
    int number(String function);

    /**
     * Computes {@code n} consecutive elements, a multiple of {@link #ELEMENTS}.
     *
     * @param at addresses
     * @param functions the numbers of the functions in their order
     * @param operands where in {@code at} the first argument of the first is, then the second argument of each
     * @param out where the address of the results is; it may be that of an operand
     */
    void run(long[] at, int[] functions, int[] operands, int out, int n);
}
