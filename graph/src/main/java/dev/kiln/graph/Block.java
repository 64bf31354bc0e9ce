package dev.kiln.graph;

import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A piece of off-heap memory that the allocator lends and takes back. */
final class Block {
    final long address;
    final long size;
    /** Closing it gives the memory back to the operating system; null for pieces of a larger block. */
    final @Nullable Arena arena;
    private final AtomicBoolean lent = new AtomicBoolean();

    Block(long address, long size, @Nullable Arena arena) {
        this.address = address;
        this.size = size;
        this.arena = arena;
    }

    void lend() {
        lent.setPlain(true);
    }

    /** Gives the block back; a second call does nothing, since by then somebody else may have it. */
    void release() {
        if (lent.compareAndSet(true, false)) {
            Memory.giveBack(this);
        }
    }
}
