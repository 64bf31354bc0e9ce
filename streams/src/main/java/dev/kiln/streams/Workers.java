package dev.kiln.streams;

import java.util.function.IntConsumer;

/** Threads that share the pieces of one kernel. */
public interface Workers {

    /** How many pieces run at the same time at the most, the caller's included. */
    int count();

    /**
     * Runs {@code body} for every task from 0 to {@code tasks - 1}, in any order, and returns when all are done. The
     * caller takes part, so this makes progress even if every other thread is busy.
     *
     * @throws RuntimeException or Error, the first that a task threw; tasks not begun by then are skipped
     */
    void run(int tasks, IntConsumer body);

    /** The pool that all CPU streams share: one thread a processor, made when first used, all daemons. */
    static Workers shared() {
        return WorkerPool.SHARED;
    }
}
