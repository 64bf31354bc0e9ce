package dev.kiln.graph;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/**
 * Memory that lives as long as something refers to this object. Everything that reads or writes it by address keeps this
 * object reachable meanwhile.
 */
public final class Buffer {

    private static final Cleaner CLEANER = Cleaner.create(
            Thread.ofPlatform().daemon().name("kiln-cleaner").factory());

    private final long address;
    private final long size;
    private final Object owner;

    private Buffer(long address, long size, Object owner) {
        this.address = address;
        this.size = size;
        this.owner = owner;
    }

    /** Fresh memory of at least {@code bytes}, aligned to 64 bytes, not zeroed. */
    public static Buffer allocate(long bytes) {
        return of(Memory.take(bytes));
    }

    /** Takes over {@code block}, which goes back to the allocator once the buffer is unreachable. */
    static Buffer of(Block block) {
        Buffer buffer = new Buffer(block.address, block.size, block);
        CLEANER.register(buffer, block::release);
        return buffer;
    }

    /**
     * The memory of a native segment, without a copy; the segment stays reachable as long as the buffer.
     *
     * @throws IllegalArgumentException if the segment is on the Java heap
     */
    public static Buffer wrap(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException(
                    "Only off-heap memory can be wrapped: this segment is on the Java heap, copy it instead.");
        }
        return new Buffer(segment.address(), segment.byteSize(), segment);
    }

    /** The first byte's address. */
    public long address() {
        return address;
    }

    /** Bytes. */
    public long size() {
        return size;
    }

    /** Bytes {@code from} to {@code from + length} as a read-only segment that keeps this buffer alive. */
    public MemorySegment asSegment(long from, long length) {
        return OffHeap.segment(address + from, length, this).asReadOnly();
    }

    /** To be called after the last use of {@link #address}: until then the memory is not taken back. */
    @SuppressWarnings("ReachabilityFenceUsage") // the caller's work is the try block that this ends
    public void keepAlive() {
        Reference.reachabilityFence(owner);
        Reference.reachabilityFence(this);
    }
}
