package dev.kiln.backends.cpu;

/** A function of one or two float32s, element by element, from memory to memory. Stateless; any number of threads may run it. */
@FunctionalInterface
public interface FloatLoop {

    /**
     * Computes {@code n} consecutive elements.
     *
     * @param out address of the results; it may be that of an argument
     * @param a address of the arguments
     * @param b address of the second arguments; not looked at by a function of one
     */
    void run(long out, long a, long b, int n);
}
