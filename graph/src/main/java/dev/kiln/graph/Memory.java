package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.ArrayDeque;
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
    private static final long COLLECT_STEP = 1L << 30;
    private static final int COLLECT_WAIT_MILLIS = 500;

    private static final Pool[] POOLS = new Pool[64 * 8];
    private static final AtomicLong ACTIVE = new AtomicLong();
    private static final AtomicLong PEAK = new AtomicLong();
    private static final AtomicLong CACHED = new AtomicLong();
    private static final AtomicLong COLLECT_AT = new AtomicLong(COLLECT_STEP);
    private static volatile long limit = physicalBytes() / 5 * 4;
    private static volatile long cacheLimit = physicalBytes() / 5 * 2;

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
        return CACHED.get();
    }

    /** The bytes that may be in use. */
    public static long limit() {
        return limit;
    }

    /** The bytes that may be kept for the next use. */
    public static long cacheLimit() {
        return cacheLimit;
    }

    /** Sets the bytes that may be in use, and returns the former limit. At first four fifths of the machine's memory. */
    public static long limit(long bytes) {
        long before = limit;
        limit = bytes;
        return before;
    }

    /** Sets the bytes that may be kept for the next use, and returns the former limit. */
    public static long cacheLimit(long bytes) {
        long before = cacheLimit;
        cacheLimit = bytes;
        trim(bytes);
        return before;
    }

    /** Gives all kept memory back to the operating system, but for small blocks. */
    public static void clearCache() {
        trim(0);
    }

    static Block take(long bytes) {
        return take(bytes, null);
    }

    /** Lends a block of at least {@code bytes}, to the evaluation of {@code purpose} if it is for one. */
    static Block take(long bytes, @Nullable Capture purpose) {
        if (bytes > Math.min(limit, LARGEST)) {
            throw exhausted(bytes, purpose, "the limit is " + limit + " bytes");
        }
        int sizeClass = sizeClass(Math.max(bytes, ALIGNMENT));
        long size = size(sizeClass);
        if (!fits(size)) {
            makeRoom(size, purpose);
            if (!fits(size)) {
                throw exhausted(bytes, purpose, "the limit is " + limit + " bytes");
            }
        } else if (ACTIVE.get() + size > COLLECT_AT.get()) {
            collectDropped(size);
        }
        Block block = reuse(sizeClass, size);
        if (block == null) {
            block = size <= SMALL ? cut(sizeClass, size) : map(size, purpose);
        } else {
            CACHED.addAndGet(-block.size);
        }
        long now = ACTIVE.addAndGet(block.size);
        if (now > PEAK.get()) {
            PEAK.accumulateAndGet(now, Math::max);
        }
        block.lend();
        return block;
    }

    static void giveBack(Block block) {
        ACTIVE.addAndGet(-block.size);
        if (CACHED.addAndGet(block.size) > cacheLimit && block.piece != null) {
            CACHED.addAndGet(-block.size);
            SystemMemory.free(block.piece);
            return;
        }
        POOLS[sizeClass(block.size)].push(block);
    }

    /** A kept block of this class or, if it is large, of one of the next: some unused bytes cost less than fresh pages. */
    private static @Nullable Block reuse(int sizeClass, long size) {
        int last = size <= SMALL ? sizeClass : Math.min(sizeClass + LARGER_CLASSES, POOLS.length - 1);
        for (int i = sizeClass; i <= last && (i == sizeClass || fits(size(i))); i++) {
            Block block = POOLS[i].pop();
            if (block != null) {
                return block;
            }
        }
        return null;
    }

    private static Block map(long size, @Nullable Capture purpose) {
        trim(Math.max(0, limit - ACTIVE.get() - size)); // kept memory counts as well when fresh memory is taken
        try {
            return fresh(size);
        } catch (OutOfMemoryError refused) {
            trim(0);
            collect(0);
        }
        try {
            return fresh(size);
        } catch (OutOfMemoryError refused) {
            throw exhausted(size, purpose, "the operating system refused it");
        }
    }

    private static Block fresh(long size) {
        SystemMemory.Piece piece = SystemMemory.allocate(size);
        return new Block(piece.address(), size, piece);
    }

    /** Cuts a slab into blocks of one size, keeps all but one. */
    private static Block cut(int sizeClass, long size) {
        SystemMemory.Piece slab = SystemMemory.allocate(SLAB);
        long pieces = SLAB / size;
        for (long i = 1; i < pieces; i++) {
            POOLS[sizeClass].push(new Block(slab.address() + i * size, size, null));
        }
        CACHED.addAndGet((pieces - 1) * size);
        return new Block(slab.address(), size, null);
    }

    private static boolean fits(long size) {
        return ACTIVE.get() + size <= limit;
    }

    /** What can be done for {@code size} more bytes below the limit, from the cheapest to the dearest. */
    private static void makeRoom(long size, @Nullable Capture purpose) {
        trim(0);
        Residents.drop(() -> fits(size));
        if (!fits(size)) {
            Backlog.awaitEnds(() -> fits(size), purpose == null ? Stream.defaultStream() : purpose.streams.getFirst());
        }
        if (!fits(size)) {
            collect(limit - size);
        }
    }

    /** Has the collector run if the bytes in use have grown much since it last did; not twice if several threads see it. */
    private static synchronized void collectDropped(long size) {
        long before = ACTIVE.get();
        if (before + size > COLLECT_AT.get()) {
            collect(before - 1);
            COLLECT_AT.set(2 * ACTIVE.get() + COLLECT_STEP);
        }
    }

    /**
     * Lets the collector find dropped arrays, whose blocks then come back on the cleaner's thread: until no more than
     * {@code enough} bytes are in use, or nothing has come back for a while.
     */
    private static synchronized void collect(long enough) {
        if (ACTIVE.get() <= enough) {
            return; // another thread has just done it
        }
        System.gc();
        long active = ACTIVE.get();
        for (int waited = 0; active > enough && waited < COLLECT_WAIT_MILLIS; waited += 5) {
            try {
                Thread.sleep(5);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
            long now = ACTIVE.get();
            if (now < active) {
                waited = 0;
            }
            active = now;
        }
    }

    private static RuntimeException exhausted(long bytes, @Nullable Capture purpose, String why) {
        String largest = Residents.largest();
        return new IllegalStateException("[malloc] Unable to allocate " + bytes + " bytes"
                + (purpose == null ? "" : " for " + purpose) + ": " + why + ", " + active() + " bytes are in use and "
                + cached()
                + " are kept for reuse. " + (largest.isEmpty() ? "" : "The largest arrays: " + largest + ". ")
                + "Drop arrays, evaluate in smaller parts, or raise Memory.limit.");
    }

    private static void trim(long target) {
        for (int i = POOLS.length - 1; i >= 0 && CACHED.get() > target; i--) {
            Block block;
            while (size(i) > SMALL && CACHED.get() > target && (block = POOLS[i].pop()) != null) {
                CACHED.addAndGet(-block.size);
                if (block.piece != null) {
                    SystemMemory.free(block.piece);
                }
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

    private static long physicalBytes() {
        return java.lang.management.ManagementFactory
                .getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                        ? system.getTotalMemorySize()
                        : Runtime.getRuntime().maxMemory();
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
