package dev.kiln.backends.cpu;

/** Writes elements of one dtype to off-heap memory. */
@FunctionalInterface
public interface StoreLoop {
    /**
     * Writes exactly {@code n} elements of {@code in} from {@code from} on to consecutive places at {@code address}.
     * The values must be values of the dtype already, as after {@link Loops#round}.
     */
    void run(Reg in, int from, long address, int n);
}
