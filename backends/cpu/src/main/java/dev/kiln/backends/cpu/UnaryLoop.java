package dev.kiln.backends.cpu;

/** An elementwise function of one argument over a block. Stateless; any number of threads may run it. */
@FunctionalInterface
public interface UnaryLoop {
    /** Computes the first {@code n} elements of {@code out}, and perhaps its padding; {@code out} may be {@code a}. */
    void run(Reg out, Reg a, int n);
}
