package dev.kiln.graph;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A block that several small buffers share. What the collector has to find is then one object for some dozens of them, and a
 * small buffer is no more than the next bytes of the chunk that its thread took last.
 *
 * <p>
 * A chunk goes back when all that is lent of it came back, or with the last buffer that the collector finds. So that a small
 * array that lives long keeps no more than the size of a chunk from others, chunks are small.
 */
final class Chunk implements Lender {

    /** What is larger gets a block of its own. */
    static final long LARGEST = 128;

    private static final long SIZE = 2 << 10;
    private static final long ALIGNMENT = 64;
    private static final int STRIPES = 4 * Integer.highestOneBit(Runtime.getRuntime().availableProcessors());
    /** The chunks that are being lent of, as long as a buffer is in them; a thread takes one out while it looks at it. */
    private static final AtomicReferenceArray<@Nullable WeakReference<Chunk>> OPEN = new AtomicReferenceArray<>(
            STRIPES);

    private final long address;
    private final Pieces pieces;
    private final WeakReference<Chunk> weak = new WeakReference<>(this);
    /** Bytes lent so far, of which some may have come back. */
    private long used;

    private Chunk() {
        Block block = Memory.uncounted(SIZE);
        address = block.address;
        pieces = new Pieces(this, block);
    }

    /** The loan, and the bytes of it that are lent on: one more while the chunk is open. */
    private static final class Pieces extends Loan {
        private final AtomicInteger lent = new AtomicInteger(1);

        Pieces(Chunk chunk, Block block) {
            super(chunk, block);
        }

        @Override
        void returned(Block block) {
            Memory.unreserve(lent.get() & -ALIGNMENT);
            Memory.keep(block);
        }

        void less(int bytes) {
            if (lent.addAndGet(-bytes) == 0) {
                end();
            }
        }
    }

    /** What {@link Memory#reserve} must be asked for, for {@code bytes} of a chunk. */
    static long reservation(long bytes) {
        return Math.max(ALIGNMENT, bytes + ALIGNMENT - 1 & -ALIGNMENT);
    }

    /** At least {@code bytes}, at most {@link #LARGEST}, that were reserved; without them they no longer are. */
    static Buffer lendReserved(long bytes) {
        long size = reservation(bytes);
        Buffer buffer = null;
        try {
            buffer = lend(size);
            return buffer;
        } finally {
            if (buffer == null) {
                Memory.unreserve(size);
            }
        }
    }

    private static Buffer lend(long size) {
        int stripe = (int) Thread.currentThread().threadId() & STRIPES - 1;
        Chunk chunk = taken(OPEN.getAndSet(stripe, null));
        if (chunk == null || !chunk.hasRoom(size)) {
            close(chunk);
            chunk = new Chunk();
        }
        Buffer buffer = new Buffer(chunk.address + chunk.used, size, chunk);
        chunk.used += size;
        chunk.pieces.lent.addAndGet((int) size);
        close(taken(OPEN.getAndSet(stripe, chunk.weak))); // that of a thread of the same stripe
        return buffer;
    }

    private static @Nullable Chunk taken(@Nullable WeakReference<Chunk> open) {
        return open == null ? null : open.get();
    }

    private boolean hasRoom(long size) {
        if (pieces.lent.get() == 1) { // all came back: from the start again, where the memory is in the cache
            used = 0;
        }
        return used + size <= SIZE;
    }

    private static void close(@Nullable Chunk full) {
        if (full != null) {
            full.pieces.less(1);
        }
    }

    @Override
    public void takeBack(long bytes) {
        Memory.unreserve(bytes);
        pieces.less((int) bytes);
    }
}
