package dev.kiln.backends.cpu.vector;

import dev.kiln.graph.OffHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/**
 * float16s in memory, one at a time, for loops that the JIT compiler is to turn into vectors of the processor's conversions.
 *
 * <p>On the way from a memory segment to the processor's load of 16 bits is a method of the JDK that C2 inlines only if its profile
 * says that it is called often. A program that has hardly read 16 bits has no such profile yet, and where C2 met such a loop early, 7
 * JVMs of 100 kept a call for each element, for good, 15 times slower. So that method is called often before the first loop is, which
 * takes 13 ms once (Zen 4) and leaves one JVM of 100.
 */
final class Halves {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final int OFTEN = 10_000;

    static {
        try (Arena arena = Arena.ofConfined()) {
            long there = arena.allocate(Short.BYTES).address();
            for (int i = 0; i < OFTEN; i++) {
                write(read(there) + 1, there);
            }
        }
    }

    private Halves() {}

    static float read(long address) {
        return Float.float16ToFloat(OffHeap.ALL.get(SHORT, address));
    }

    /** Writes {@code value} rounded to the nearest, ties to even. */
    static void write(float value, long address) {
        OffHeap.ALL.set(SHORT, address, Float.floatToFloat16(value));
    }
}
