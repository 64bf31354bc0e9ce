package dev.kiln.backends.cpu;

/** Combines rows in memory with float32 numbers, element by element, by a function of two. Stateless; any number of threads may run it. */
@FunctionalInterface
public interface FourRowsLoop {

    /**
     * Sets {@code out[i]} to {@code f(f(f(f(numbers[i], a[i]), b[i]), c[i]), d[i])}.
     *
     * @param out address of {@code n} float32s, which may be those of the numbers
     * @param a address of a row, as are the next three, without gaps
     */
    void run(long out, long numbers, long a, long b, long c, long d, int n);
}
