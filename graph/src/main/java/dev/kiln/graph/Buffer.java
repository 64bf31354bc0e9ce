package dev.kiln.graph;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Memory that lives as long as something refers to this object, or until its last holder has dropped it, whichever comes
 * first.
 *
 * <p>
 * Whoever reads or writes it by address holds it meanwhile: arrays whose value is in it, evaluations that use it, segments
 * that show it. An array that is simply forgotten drops nothing, and the collector finds the buffer; one that is released
 * (by a {@link NodeScope}, or because memory is short) drops its hold, and the memory goes back when nobody else is left.
 */
public final class Buffer {

    private static final Cleaner CLEANER = Cleaner.create(
            Thread.ofPlatform().daemon().name("kiln-cleaner").factory());
    private static final int RELEASED = -1;
    private static final VarHandle HOLDERS;

    static {
        try {
            HOLDERS = MethodHandles.lookup().findVarHandle(Buffer.class, "holders", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final long address;
    private final long size;
    /** Gives an allocated block back, or takes leave of memory that was wrapped, once. */
    private final Cleaner.Cleanable end;
    /** What keeps wrapped memory from being unmapped. */
    @SuppressWarnings({"FieldCanBeLocal", "UnusedVariable"}) // it is there to be referred to
    private @Nullable Object wrapped;
    private volatile int holders;

    private Buffer(Block block) {
        this.address = block.address;
        this.size = block.size;
        this.end = CLEANER.register(this, block::release);
    }

    private Buffer(MemorySegment wrapped) {
        this.address = wrapped.address();
        this.size = wrapped.byteSize();
        Stretch stretch = Stretch.begin(address, size);
        this.end = CLEANER.register(this, stretch::end);
        this.wrapped = wrapped;
    }

    /** Fresh memory of at least {@code bytes}, aligned to 64 bytes, not zeroed. */
    public static Buffer allocate(long bytes) {
        return allocate(bytes, null);
    }

    /** Like {@link #allocate(long)}, for the evaluation of {@code purpose} if it is for one. */
    static Buffer allocate(long bytes, @Nullable Capture purpose) {
        return new Buffer(Memory.take(bytes, purpose));
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
        return new Buffer(segment);
    }

    /** The first byte's address. */
    public long address() {
        return address;
    }

    /** Bytes. */
    public long size() {
        return size;
    }

    /** Keeps the memory until {@link #drop}; false, and nothing is held, if it was released before. */
    public boolean hold() {
        int before;
        do {
            before = holders;
            if (before == RELEASED) {
                return false;
            }
        } while (!HOLDERS.compareAndSet(this, before, before + 1));
        return true;
    }

    /** Ends one {@link #hold}; the end of the last one releases the memory. */
    public void drop() {
        int before;
        do {
            before = holders;
        } while (!HOLDERS.compareAndSet(this, before, before == 1 ? RELEASED : before - 1));
        if (before == 1) {
            end.clean();
            wrapped = null;
        }
    }

    /**
     * Bytes {@code from} to {@code from + length} as a read-only segment, which holds this buffer until it is unreachable.
     * The caller holds the buffer already.
     */
    public MemorySegment asSegment(long from, long length) {
        hold();
        return OffHeap.segment(address + from, length, this::drop).asReadOnly();
    }

    /** To be called after the last use of {@link #address} of a buffer that nobody holds yet. */
    @SuppressWarnings("ReachabilityFenceUsage") // the caller's work is the try block that this ends
    public void keepAlive() {
        Reference.reachabilityFence(this);
    }
}
