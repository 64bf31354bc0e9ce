package dev.kiln.backends.cpu.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An off-heap area that grows to the largest size asked for; the collector frees it with its owner. */
final class Scratch {

    private static final long ALIGNMENT = 64;

    private MemorySegment memory = MemorySegment.NULL;

    /** The address of at least {@code bytes} bytes, aligned to a cache line, their content undefined. */
    long reserve(long bytes) {
        if (memory.byteSize() < bytes) {
            memory = Arena.ofAuto().allocate(bytes, ALIGNMENT);
        }
        return memory.address();
    }

    /** Leaves the area to the collector if it has grown beyond {@code bytes}. */
    void keepAtMost(long bytes) {
        if (memory.byteSize() > bytes) {
            memory = MemorySegment.NULL;
        }
    }
}
