package dev.kiln.backends.cpu;

/** The loop of a {@link FloatChain}. Stateless; any number of threads may run it. */
@FunctionalInterface
public interface ChainLoop {

    /** Multiples of this many elements go through a chain. */
    int ELEMENTS = 64;

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
