package dev.kiln.graph;

import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Threads that wait until something holds which others bring about. */
final class Waiters {

    private final Set<Thread> parked = ConcurrentHashMap.newKeySet();

    /**
     * Waits until {@code holds} is true; it is asked on the calling thread, again after each {@link #wake}.
     *
     * @throws CancellationException if the thread is interrupted meanwhile; its interrupt flag stays set
     */
    void await(BooleanSupplier holds, String interrupted) {
        Thread self = Thread.currentThread();
        parked.add(self);
        try {
            while (!holds.getAsBoolean()) {
                if (self.isInterrupted()) {
                    throw new CancellationException(interrupted);
                }
                LockSupport.park(this);
            }
        } finally {
            parked.remove(self);
        }
    }

    /** To be called after a change that may make what is awaited true. */
    void wake() {
        if (!parked.isEmpty()) {
            parked.forEach(LockSupport::unpark);
        }
    }
}
