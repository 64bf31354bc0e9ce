package dev.kiln.backends.cpu;

/** An elementwise function of two arguments over a block. Stateless; any number of threads may run it. */
@FunctionalInterface
public interface BinaryLoop {
    /** Computes the first {@code n} elements of {@code out}, and perhaps its padding; {@code out} may be an input. */
    void run(Reg out, Reg a, Reg b, int n);
}
