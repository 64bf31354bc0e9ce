package dev.kiln.graph;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A piece of off-heap memory that the allocator lends and takes back. */
final class Block {
    final long address;
    final long size;
    /** What goes back to the system; null for a part of a larger block. */
    final SystemMemory.@Nullable Piece piece;
    private final AtomicBoolean lent = new AtomicBoolean();

    Block(long address, long size, SystemMemory.@Nullable Piece piece) {
        this.address = address;
        this.size = size;
        this.piece = piece;
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
