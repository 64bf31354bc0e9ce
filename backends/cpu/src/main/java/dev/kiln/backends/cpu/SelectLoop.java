package dev.kiln.backends.cpu;

/** Elementwise choice over a block. Stateless; any number of threads may run it. */
@FunctionalInterface
public interface SelectLoop {
    /** Takes {@code a} where the {@link Lane#I64} register {@code condition} is not 0, else {@code b}. */
    void run(Reg out, Reg condition, Reg a, Reg b, int n);
}
