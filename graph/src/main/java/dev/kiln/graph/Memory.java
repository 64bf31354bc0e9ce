package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The memory of all arrays: off-heap, in blocks that are kept warm and used again.
 *
 * <p>
 * A block that comes back is put on the stack of its size class and is the first to be lent again: its pages are mapped
 * and its lines may still be in the cache, while fresh pages cost several times the arithmetic of a large elementwise
 * operation. Size classes are an eighth of a power of two apart, so at most an eighth of a block is unused. Small blocks
 * are cut from larger ones and never go back to the operating system.
 *
 * <p>
 * Blocks of results come back when the collector finds their arrays unreachable, or when their scope is closed. The
 * collector does not see off-heap memory, so when the bytes in use have doubled since it last ran (and grew by a gibibyte at
 * least), it is asked to run.
 *
 * <p>
 * When the limit does not allow an allocation, the caller first gives kept blocks back to the operating system and drops
 * intermediates that can be computed again, then waits for running work to end, then has dropped arrays collected, once. Only
 * if all that is not enough, the allocation is refused.
 */
public final class Memory {

    private static final long ALIGNMENT = 64;
    private static final long SMALL = 32 << 10;
    private static final long SLAB = 1 << 20;
    private static final int LARGER_CLASSES = 3;
    /** Size classes are exact up to here. */
    private static final long LARGEST = 1L << 59;

    private static final Pool[] POOLS = new Pool[64 * 8];
    private static final AtomicLong ACTIVE = new AtomicLong();
    private static final AtomicLong PEAK = new AtomicLong();
    /** Bytes from the system, in use or kept. */
    private static final AtomicLong MAPPED = new AtomicLong();
    /** All blocks, so that the loans which they refer to are there when the collector finds a borrower gone. */
    private static final Set<Block> MAPPINGS = ConcurrentHashMap.newKeySet();
    private static final Queue<Block[]> SLABS = new ConcurrentLinkedQueue<>();
    private static final MemoryLimit LIMIT = new MemoryLimit(0.8);
    private static final MemoryLimit CACHE_LIMIT = new MemoryLimit(0.4);

    static {
        for (int i = 0; i < POOLS.length; i++) {
            POOLS[i] = new Pool();
        }
    }

    private Memory() {}

    /** Bytes in use by arrays and by work under way. */
    public static long active() {
        return ACTIVE.get();
    }

    /** The most that {@link #active} has been since the start or {@link #resetPeak}. */
    public static long peak() {
        return PEAK.get();
    }

    /** Starts a new {@link #peak}. */
    public static void resetPeak() {
        PEAK.set(ACTIVE.get());
    }

    /** Bytes kept for the next use. */
    public static long cached() {
        return Math.max(0, unused());
    }

    /** The bytes that may be in use. */
    public static long limit() {
        return LIMIT.bytes();
    }

    /** The bytes that may be kept for the next use. */
    public static long cacheLimit() {
        return CACHE_LIMIT.bytes();
    }

    /** Sets the bytes that may be in use, and returns the former limit. At first four fifths of the machine's memory. */
    public static long limit(long bytes) {
        return LIMIT.set(bytes);
    }

    /** Sets the bytes that may be kept for the next use, and returns the former limit. */
    public static long cacheLimit(long bytes) {
        long before = CACHE_LIMIT.set(bytes);
        trim(bytes);
        return before;
    }

    /** Gives all kept memory back to the operating system, but for small blocks. */
    public static void clearCache() {
        trim(0);
    }

    static Block take(long bytes) {
        reserve(reservation(bytes), bytes, null, 0);
        Block block = takeReserved(bytes, null);
        block.lend(block);
        return block;
    }

    /** What {@link #reserve} must be asked for, for one block of at least {@code bytes}. */
    static long reservation(long bytes) {
        return bytes > LARGEST ? bytes : size(sizeClass(Math.max(bytes, ALIGNMENT)));
    }

    /** Takes a block of at least {@code bytes} that were reserved, for the caller to lend; without one they no longer are. */
    static Block takeReserved(long bytes, @Nullable Capture purpose) {
        long size = reservation(bytes);
        Block block = null;
        try {
            if (bytes > LARGEST) {
                throw exhausted(bytes, purpose, "the limit is " + limit() + " bytes");
            }
            block = obtain(sizeClass(size), size, purpose);
            return block;
        } finally {
            if (block == null) {
                unreserve(size);
            }
        }
    }

    /** A small block that counts as kept: what is lent of it is for the caller to {@link #reserve}. */
    static Block uncounted(long size) {
        return obtain(sizeClass(size), size, null);
    }

    private static Block obtain(int sizeClass, long size, @Nullable Capture purpose) {
        Block block = reuse(sizeClass, size);
        return block != null ? block : size <= SMALL ? cut(sizeClass, size) : map(size, purpose);
    }

    /**
     * Counts {@code size} bytes more as in use, all or none, when there is room for them; has dropped arrays collected if it is
     * time.
     *
     * @param bytes what was asked for, for the message
     * @param running what the caller has in the {@link Backlog} as running: while it waits, others do not wait for it
     * @throws IllegalStateException if the limit does not allow it
     */
    static void reserve(long size, long bytes, @Nullable Capture purpose, long running) {
        long after = ACTIVE.get() + size;
        if (Collector.isDue(after) && LIMIT.allows(after, 0)) {
            Collector.makeRoom(size);
        }
        if (!tryReserve(size) && (bytes > limit() || !makeRoom(size, purpose, running))) {
            throw exhausted(bytes, purpose, "the limit is " + limit() + " bytes");
        }
    }

    private static boolean tryReserve(long size) {
        boolean fits = add(size);
        if (fits) {
            notePeak();
        }
        return fits;
    }

    private static boolean add(long size) {
        long active;
        do {
            active = ACTIVE.get();
            if (!LIMIT.allows(active, size)) {
                return false;
            }
        } while (!ACTIVE.compareAndSet(active, active + size));
        return true;
    }

    private static void notePeak() {
        long now = ACTIVE.get();
        if (now > PEAK.get()) {
            PEAK.accumulateAndGet(now, Math::max);
        }
    }

    /** Counts so many bytes as no longer in use. */
    static void unreserve(long bytes) {
        ACTIVE.addAndGet(-bytes);
    }

    /** Takes a block back that was in use. */
    static void giveBack(Block block) {
        unreserve(block.size);
        keep(block);
    }

    /** Keeps a block that does not count as in use, or returns it to the operating system if enough are kept. */
    static void keep(Block block) {
        if (block.piece != null && !CACHE_LIMIT.allows(cached(), 0)) {
            free(block);
        } else {
            POOLS[sizeClass(block.size)].push(block);
        }
    }

    /** A kept block of this class or, if it is large, of one of the next: some unused bytes cost less than fresh pages. */
    private static @Nullable Block reuse(int sizeClass, long size) {
        int last = size <= SMALL ? sizeClass : Math.min(sizeClass + LARGER_CLASSES, POOLS.length - 1);
        Block block = POOLS[sizeClass].pop();
        for (int i = sizeClass + 1; block == null && i <= last && add(size(i) - size); i++) {
            block = POOLS[i].pop();
            if (block == null) {
                unreserve(size(i) - size);
            } else {
                notePeak();
            }
        }
        return block;
    }

    private static Block map(long size, @Nullable Capture purpose) {
        if (!LIMIT.allows(MAPPED.get(), size)) { // kept memory counts as well when fresh memory is taken
            trim(limit() - ACTIVE.get() - size);
        }
        try {
            return fresh(size);
        } catch (OutOfMemoryError refused) {
            trim(0);
            Collector.collect(0);
        }
        try {
            return fresh(size);
        } catch (OutOfMemoryError refused) {
            throw exhausted(size, purpose, "the operating system refused it");
        }
    }

    private static Block fresh(long size) {
        SystemMemory.Piece piece = SystemMemory.allocate(size);
        Block block = new Block(piece.address(), size, piece);
        MAPPINGS.add(block);
        MAPPED.addAndGet(size);
        return block;
    }

    private static void free(Block block) {
        if (block.piece != null) {
            MAPPINGS.remove(block);
            MAPPED.addAndGet(-block.size);
            SystemMemory.free(block.piece);
        }
    }

    /** Cuts a slab into blocks of one size, keeps all but one. */
    private static Block cut(int sizeClass, long size) {
        SystemMemory.Piece slab = SystemMemory.allocate(SLAB);
        Block[] blocks = new Block[(int) (SLAB / size)];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = new Block(slab.address() + i * size, size, null);
        }
        SLABS.add(blocks);
        MAPPED.addAndGet(blocks.length * size);
        for (int i = 1; i < blocks.length; i++) {
            POOLS[sizeClass].push(blocks[i]);
        }
        return blocks[0];
    }

    private static boolean fits(long size) {
        return LIMIT.allows(ACTIVE.get(), size);
    }

    /**
     * Reserves {@code size} bytes by what can be done for that, from the cheapest to the dearest; once more if others have begun
     * meanwhile with what came back, and will give it back again. False if it was not enough.
     */
    private static boolean makeRoom(long size, @Nullable Capture purpose, long running) {
        Backlog.end(running);
        try {
            do {
                trim(0);
                Residents.drop(() -> fits(size));
                if (Backlog.awaitEnds(() -> tryReserve(size),
                        purpose == null ? Stream.defaultStream() : purpose.streams.getFirst())) {
                    return true;
                }
                Collector.collect(limit() - size);
                if (tryReserve(size)) {
                    return true;
                }
            } while (fits(size - Backlog.running()));
            return false;
        } finally {
            Backlog.begin(running);
        }
    }

    private static RuntimeException exhausted(long bytes, @Nullable Capture purpose, String why) {
        String largest = Residents.largest();
        return new IllegalStateException("[malloc] Unable to allocate " + bytes + " bytes"
                + (purpose == null ? "" : " for the results and intermediates of " + purpose) + ": " + why + ", "
                + active() + " bytes are in use and "
                + cached()
                + " are kept for reuse. " + (largest.isEmpty() ? "" : "The largest arrays: " + largest + ". ")
                + "Drop arrays, evaluate in smaller parts, or raise Memory.limit.");
    }

    /** Bytes kept for the next use, less those that are reserved and not yet taken. */
    private static long unused() {
        return MAPPED.get() - ACTIVE.get();
    }

    private static void trim(long target) {
        for (int i = POOLS.length - 1; i >= 0 && unused() > target; i--) {
            Block block;
            while (size(i) > SMALL && unused() > target && (block = POOLS[i].pop()) != null) {
                free(block);
            }
        }
    }

    /** Eight classes between a power of two and the next, never closer than the alignment. */
    private static int sizeClass(long bytes) {
        int log = 63 - Long.numberOfLeadingZeros(bytes);
        int shift = Math.max(log - 3, 6);
        long steps = (bytes + (1L << shift) - 1) >>> shift;
        long rounded = steps << shift;
        int roundedLog = 63 - Long.numberOfLeadingZeros(rounded);
        return roundedLog * 8 + (int) ((rounded >>> Math.max(roundedLog - 3, 0)) & 7);
    }

    private static long size(int sizeClass) {
        return (8L + (sizeClass & 7)) << (sizeClass >> 3) >>> 3;
    }

    private static final class Pool {
        private final ArrayDeque<Block> free = new ArrayDeque<>();

        synchronized @Nullable Block pop() {
            return free.pollLast();
        }

        synchronized void push(Block block) {
            free.addLast(block);
        }
    }
}
