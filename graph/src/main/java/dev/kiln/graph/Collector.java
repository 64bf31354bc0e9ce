package dev.kiln.graph;

import java.util.concurrent.atomic.AtomicLong;

/** Asks the garbage collector to find dropped arrays: it does not see the memory that they hold. */
final class Collector {

    private static final long STEP = 1L << 30;
    private static final int WAIT_MILLIS = 500;

    /** The bytes in use from which it is asked to run. */
    private static final AtomicLong DUE = new AtomicLong(STEP);

    private Collector() {}

    /** Whether so many bytes in use are so many more than after the last collection that another is worth its time. */
    static boolean isDue(long active) {
        return active > DUE.get();
    }

    /** Has it run before {@code size} more bytes are taken; not twice if several threads find it due. */
    static synchronized void makeRoom(long size) {
        long before = Memory.active();
        if (isDue(before + size)) {
            collect(before - 1);
            DUE.set(next());
            foundForgotten(); // what has come back since that was worked out was told before it was set
        }
    }

    /** What came back after a collection counts as if it had been back when that ended. */
    static void foundForgotten() {
        DUE.accumulateAndGet(next(), Math::min);
    }

    private static long next() {
        return 2 * Memory.active() + STEP;
    }

    /**
     * Lets it find dropped arrays, whose blocks then come back on the cleaner's thread: until no more than {@code enough} bytes are
     * in use, or nothing has come back for a while.
     */
    static synchronized void collect(long enough) {
        if (Memory.active() <= enough) {
            return; // another thread has just done it
        }
        System.gc();
        long active = Memory.active();
        for (int waited = 0; active > enough && waited < WAIT_MILLIS; waited += 5) {
            try {
                Thread.sleep(5);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
            long now = Memory.active();
            if (now < active) {
                waited = 0;
            }
            active = now;
        }
    }
}
