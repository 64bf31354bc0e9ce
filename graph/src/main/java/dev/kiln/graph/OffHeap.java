package dev.kiln.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory by address. Kernels are handed addresses and reach them through one segment that spans everything: its bounds and
 * its lifetime are constants, so an access compiles to a plain load or store, and all loops see the same kind of segment.
 * Whoever hands out an address keeps its memory alive and its range right.
 */
public final class OffHeap {

    /** All memory: the offset is the address. Nothing, if the JVM was told to deny that; then no memory is taken either. */
    public static final MemorySegment ALL = all();

    private OffHeap() {}

    @SuppressWarnings("restricted")
    private static MemorySegment all() {
        try {
            return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
        } catch (IllegalCallerException denied) {
            return MemorySegment.NULL;
        }
    }

    static boolean isAllowed() {
        return ALL.byteSize() > 0;
    }

    /** @throws IllegalStateException that names the flag that allows it, if the JVM was told to deny access to memory */
    static void requireAllowed() {
        if (!isAllowed()) {
            Module module = OffHeap.class.getModule();
            throw new IllegalStateException(
                    "Kiln keeps arrays outside of the Java heap, which this JVM denies: start it with"
                            + " --enable-native-access=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED") + ".");
        }
    }

    /** {@code bytes} at {@code address} as a segment; {@code ended} runs once it is unreachable. */
    @SuppressWarnings("restricted")
    static MemorySegment segment(long address, long bytes, Runnable ended) {
        return MemorySegment.ofAddress(address).reinterpret(bytes, Arena.ofAuto(), segment -> ended.run());
    }
}
