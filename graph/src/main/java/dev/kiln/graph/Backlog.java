package dev.kiln.graph;

import dev.kiln.streams.Activity;
import dev.kiln.streams.Stream;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * The evaluations that were started and have not ended, and how many of them there may be: a caller who starts one more waits
 * until another has ended, so that a loop of {@code asyncEval} cannot fill memory with work. One may always start, whatever
 * the limits. Waiting holds nothing that running work needs, so it always ends.
 */
public final class Backlog {

    private static final AtomicInteger QUEUED = new AtomicInteger();
    private static final AtomicLong QUEUED_BYTES = new AtomicLong();
    /** Bytes of those on the calling thread as well, which are never held back. */
    private static final AtomicLong RUNNING = new AtomicLong();
    private static final Waiters HELD_BACK = new Waiters();
    private static final Waiters FOR_AN_END = new Waiters();

    private static volatile int limit = 64;
    private static final MemoryLimit BYTE_LIMIT = new MemoryLimit(0.4);

    private Backlog() {}

    /** Sets how many evaluations may be queued or running, and returns the former limit. At first 64. */
    public static int limit(int evaluations) {
        if (evaluations < 1) {
            throw new IllegalArgumentException(
                    "At least one evaluation must be let through, but got " + evaluations + ".");
        }
        int before = limit;
        limit = evaluations;
        HELD_BACK.wake();
        return before;
    }

    /**
     * Sets how many bytes of results and temporaries the evaluations that are queued or running may have, and returns the
     * former limit. At first two fifths of the machine's memory.
     */
    public static long byteLimit(long bytes) {
        long before = BYTE_LIMIT.set(bytes);
        HELD_BACK.wake();
        return before;
    }

    /** How many evaluations are queued or running on streams. */
    public static int evaluations() {
        return QUEUED.get();
    }

    /** Bytes of results and temporaries that they have. */
    public static long bytes() {
        return QUEUED_BYTES.get();
    }

    /** What an evaluation takes up in the backlog until it leaves. */
    static final class Place {
        /** Of an evaluation that its caller waits for: there cannot be more of those than threads. */
        static final Place NONE = new Place(0);

        private final AtomicLong bytes;

        private Place(long bytes) {
            this.bytes = new AtomicLong(bytes);
        }

        /** Makes room for others; a second call does nothing. */
        void leave() {
            long left = bytes.getAndSet(0);
            if (left > 0) {
                QUEUED_BYTES.addAndGet(-left);
                QUEUED.decrementAndGet();
                HELD_BACK.wake();
            }
        }
    }

    /**
     * Gives a place to an evaluation that is about to be queued, as soon as the limits allow one more.
     *
     * @throws CancellationException if the thread is interrupted while it waits
     */
    static Place enter(Plan plan, Stream stream) {
        long bytes = Math.max(1, plan.bytes() + plan.resultBytes());
        if (!admits(bytes)) {
            try (Activity held = Activity.backPressure(stream, QUEUED.get() + " evaluations with " + QUEUED_BYTES.get()
                    + " bytes are queued")) {
                HELD_BACK.await(() -> admits(bytes),
                        "Interrupted while too much work was queued to add more; nothing was started.");
            }
        }
        return new Place(bytes);
    }

    private static boolean admits(long bytes) {
        int evaluations = QUEUED.incrementAndGet();
        long all = QUEUED_BYTES.addAndGet(bytes);
        if (evaluations == 1 || evaluations <= limit && BYTE_LIMIT.allows(all, 0)) {
            return true;
        }
        QUEUED_BYTES.addAndGet(-bytes); // wakes nobody: whoever this kept out waits, as this does, for one that was let in
        QUEUED.decrementAndGet();
        return false;
    }

    /** Counts work that is about to take so many bytes. */
    static void begin(long bytes) {
        RUNNING.addAndGet(bytes);
    }

    /** Ends what {@link #begin} began; the memory is back by now. */
    static void end(long bytes) {
        RUNNING.addAndGet(-bytes);
        FOR_AN_END.wake();
    }

    /** Bytes of the work that runs, on streams or on calling threads. */
    static long running() {
        return RUNNING.get();
    }

    /** Waits until {@code enough} holds, which is then true, or nothing runs; whatever ends may have brought it about. */
    static boolean awaitEnds(BooleanSupplier enough, Stream stream) {
        boolean[] holds = new boolean[1];
        try (Activity held = Activity.backPressure(stream, "memory is short")) {
            FOR_AN_END.await(() -> {
                holds[0] = enough.getAsBoolean();
                return holds[0] || RUNNING.get() == 0;
            }, "Interrupted while waiting for running work to give memory back; nothing was started.");
        }
        return holds[0];
    }
}
