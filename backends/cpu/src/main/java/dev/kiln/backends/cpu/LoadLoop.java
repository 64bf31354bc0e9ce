package dev.kiln.backends.cpu;

/** Reads elements of one dtype from off-heap memory, widening them to their lane. */
@FunctionalInterface
public interface LoadLoop {
    /**
     * Reads exactly {@code n} elements, {@code byteStride} bytes apart from {@code address} on, into the elements of
     * {@code out} from {@code at} on. A stride of 0 repeats one element; it may be negative.
     */
    void run(Reg out, int at, long address, long byteStride, int n);
}
