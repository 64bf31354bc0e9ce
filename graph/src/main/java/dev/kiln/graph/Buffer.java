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
            Thread.ofPlatform().daemon().name("kiln-cleaner-of-wrapped").factory());
    private static final int RELEASED = -1;
    private static final int TAKEN = -2;
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
    /** Who gets allocated memory back, once, or when its first buffer is unreachable; null for memory that was wrapped. */
    private final @Nullable Lender lender;
    /** What keeps wrapped memory from being unmapped, or the first buffer of a block reachable. */
    @SuppressWarnings({"FieldCanBeLocal", "UnusedVariable"}) // it is there to be referred to
    private @Nullable Object wrapped;
    private volatile int holders;

    private Buffer(Block block) {
        this.address = block.address;
        this.size = block.size;
        this.lender = new Loan(this, block);
    }

    /** A part of a chunk. */
    Buffer(long address, long size, Chunk chunk) {
        this.address = address;
        this.size = size;
        this.lender = chunk;
    }

    private Buffer(Buffer before) {
        this.address = before.address;
        this.size = before.size;
        this.lender = before.lender;
        this.wrapped = before.wrapped == null ? before : before.wrapped;
    }

    private Buffer(MemorySegment segment) {
        this.address = segment.address();
        this.size = segment.byteSize();
        this.lender = null;
        Stretch stretch = Stretch.begin(address, size);
        this.wrapped = new Wrapped(segment, CLEANER.register(this, stretch::end));
    }

    /** Memory of a program's, and what takes leave of it once. */
    private record Wrapped(MemorySegment segment, Cleaner.Cleanable leave) {}

    /** Fresh memory of at least {@code bytes}, aligned to 64 bytes, not zeroed. */
    public static Buffer allocate(long bytes) {
        Memory.reserve(reservation(bytes), bytes, null, 0);
        return reserved(bytes, null);
    }

    /** What {@link Memory#reserve} must be asked for, for {@code bytes}. */
    static long reservation(long bytes) {
        return bytes <= Chunk.LARGEST ? Chunk.reservation(bytes) : Memory.reservation(bytes);
    }

    /**
     * Like {@link #allocate(long)}, of memory that was reserved, for the evaluation of {@code purpose} if it is for one; if that
     * fails it is reserved no longer.
     */
    static Buffer reserved(long bytes, @Nullable Capture purpose) {
        return bytes <= Chunk.LARGEST ? Chunk.lendReserved(bytes) : new Buffer(Memory.takeReserved(bytes, purpose));
    }

    /**
     * The memory of a native segment, without a copy; the segment stays reachable as long as the buffer.
     *
     * @throws IllegalArgumentException if the segment is on the Java heap
     */
    public static Buffer wrap(MemorySegment segment) {
        OffHeap.requireAllowed();
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
            if (before < 0) {
                return false;
            }
        } while (!HOLDERS.compareAndSet(this, before, before + 1));
        return true;
    }

    /** Ends one {@link #hold}; the end of the last one releases the memory. Nothing happens after {@link #pass}. */
    public void drop() {
        int before;
        do {
            before = holders;
            if (before == TAKEN) {
                return;
            }
        } while (!HOLDERS.compareAndSet(this, before, before == 1 ? RELEASED : before - 1));
        if (before == 1) {
            if (wrapped instanceof Wrapped memory) {
                memory.leave.clean();
            }
            wrapped = null;
            if (lender != null) {
                lender.takeBack(size);
            }
        }
    }

    /**
     * The memory as another buffer's, which nobody holds yet; this one can be held no more.
     *
     * @return null, and nothing happens, if others than the caller and one more hold this, or the memory was wrapped
     */
    @Nullable
    Buffer pass() {
        return lender != null && HOLDERS.compareAndSet(this, 2, TAKEN) ? new Buffer(this) : null;
    }

    /** Whether another buffer has the memory by {@link #pass}. */
    boolean isTaken() {
        return holders == TAKEN;
    }

    /** Makes {@link #pass} undone, if it was done; the other buffer is nothing then. */
    boolean keep() {
        return HOLDERS.compareAndSet(this, TAKEN, 2);
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
