package dev.kiln.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory by address. Kernels are handed addresses and reach them through one segment that spans everything: its bounds and
 * its lifetime are constants, so an access compiles to a plain load or store, and all loops see the same kind of segment.
 * Whoever hands out an address keeps its memory alive and its range right.
 */
public final class OffHeap {

    /** All memory: the offset is the address. */
    @SuppressWarnings("restricted")
    public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private OffHeap() {}

    /** {@code bytes} at {@code address} as a segment; {@code ended} runs once it is unreachable. */
    @SuppressWarnings("restricted")
    static MemorySegment segment(long address, long bytes, Runnable ended) {
        return MemorySegment.ofAddress(address).reinterpret(bytes, Arena.ofAuto(), segment -> ended.run());
    }
}
