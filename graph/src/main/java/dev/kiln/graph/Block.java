package dev.kiln.graph;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** A piece of off-heap memory that the allocator lends and takes back. */
final class Block {

    private static final VarHandle BORROWER;

    static {
        try {
            BORROWER = MethodHandles.lookup().findVarHandle(Block.class, "borrower", Object.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    final long address;
    final long size;
    /** What goes back to the system; null for a part of a larger block. */
    final SystemMemory.@Nullable Piece piece;
    /** Who has it; null while it is kept. */
    @SuppressWarnings("UnusedVariable") // used through BORROWER
    private volatile @Nullable Object borrower;

    Block(long address, long size, SystemMemory.@Nullable Piece piece) {
        this.address = address;
        this.size = size;
        this.piece = piece;
    }

    /** Notes who has the block from now on; seen by others as soon as they see the borrower. */
    void lend(Object to) {
        BORROWER.set(this, to);
    }

    /** Takes the block from {@code from}; false if that does not have it any more, since by then somebody else may. */
    boolean end(Object from) {
        return BORROWER.compareAndSet(this, from, null);
    }

    /** Gives back a block that was taken without a loan; a second call does nothing. */
    void release() {
        if (end(this)) {
            Memory.giveBack(this);
        }
    }
}
