package dev.kiln.streams;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Something that happens once: it completes or fails, and everyone who waits is told.
 *
 * <p>
 * The whole state is one reference: a stack of waiters while the event is pending, then a final mark. Whoever sets the
 * mark runs the waiters it displaced, so none is lost or run twice, and no lock is held while they run.
 */
public final class Event {

    private sealed interface State {}

    private record Waiting(@Nullable Runnable action, @Nullable Waiting below) implements State {}

    private record Done(@Nullable Throwable failure) implements State {}

    private static final Waiting NOBODY = new Waiting(null, null);
    private static final Done COMPLETED = new Done(null);
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Event.class, "state", State.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final @Nullable Stream source;
    private volatile State state = NOBODY;

    /** An event of which it is not said who brings it about. */
    public Event() {
        source = null;
    }

    /** An event that the work of {@code source} brings about: this is what timelines and reports say of it. */
    public Event(Stream source) {
        this.source = source;
    }

    @Nullable
    Stream source() {
        return source;
    }

    /** Marks the event as happened; the first of {@code complete} and {@code fail} counts. */
    public void complete() {
        finish(COMPLETED);
    }

    /** Marks the event as failed; the first of {@code complete} and {@code fail} counts. */
    public void fail(Throwable failure) {
        finish(new Done(failure));
    }

    private void finish(Done end) {
        State before;
        do {
            before = state;
            if (before instanceof Done) {
                return;
            }
        } while (!STATE.compareAndSet(this, before, end));
        for (Waiting w = (Waiting) before; w != null && w.action != null; w = w.below) {
            w.action.run();
        }
    }

    /** Whether the event has completed or failed. */
    public boolean isDone() {
        return state instanceof Done;
    }

    /** What it failed with; null while pending and after completion. */
    public @Nullable Throwable failure() {
        return state instanceof Done done ? done.failure : null;
    }

    /** Runs {@code action} once the event is done: at once if it is, else on the thread that finishes it. */
    public void onDone(Runnable action) {
        State before;
        do {
            before = state;
            if (before instanceof Done) {
                action.run();
                return;
            }
        } while (!STATE.compareAndSet(this, before, new Waiting(action, (Waiting) before)));
    }

    /** Runs {@code action} once all of {@code events} are done: at once if they are, else on the thread that finishes the last. */
    public static void whenAllDone(List<Event> events, Runnable action) {
        AtomicInteger left = new AtomicInteger(events.size() + 1);
        Runnable one = () -> {
            if (left.decrementAndGet() == 0) {
                action.run();
            }
        };
        events.forEach(event -> event.onDone(one));
        one.run();
    }

    /**
     * Waits until the event is done; {@link #failure} then tells how it ended.
     *
     * @throws CancellationException if the thread is interrupted while it waits; its interrupt flag stays set
     */
    public void await() {
        if (isDone()) {
            return;
        }
        Thread self = Thread.currentThread();
        onDone(() -> LockSupport.unpark(self));
        while (!isDone()) {
            if (self.isInterrupted()) {
                throw new CancellationException("Interrupted while waiting for a stream; its work goes on.");
            }
            LockSupport.park(this);
        }
    }

    /** Whose event it is, if that is known. */
    @Override
    public String toString() {
        return source == null ? "an event" : source.toString();
    }
}
