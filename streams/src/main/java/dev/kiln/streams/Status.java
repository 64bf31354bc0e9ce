package dev.kiln.streams;

import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a stream is doing, so that a report can tell. The stream keeps it up to date under its lock, by plain writes, since it
 * does so for each task and almost nobody asks.
 */
final class Status {

    private @Nullable Thread thread;
    private @Nullable Event event;
    private long since;
    /** The kernel that was begun last; written without the lock, by the thread that runs it. */
    private @Nullable Supplier<Trace.Label> kernel;

    void idle() {
        event = null;
        thread = null;
        kernel = null;
    }

    /** There is work, and no thread has come for it yet. */
    void ready() {
        event = null;
        thread = null;
    }

    /** The calling thread works for the stream. */
    void runs() {
        event = null;
        thread = Thread.currentThread();
    }

    void launches(Supplier<Trace.Label> label) {
        kernel = label;
    }

    void waits(Event on) {
        event = on;
        thread = null;
        since = System.nanoTime();
    }

    @Override
    public String toString() {
        if (event != null) {
            return String.format(Locale.ROOT, "waits for %s since %.1f ms", event,
                    (System.nanoTime() - since) / 1e6);
        }
        if (thread == null) {
            return "waits for a worker";
        }
        StackTraceElement[] stack = thread.getStackTrace();
        return "runs on " + (thread.getName().isEmpty() ? "thread " + thread.threadId() : thread.getName())
                + (stack.length == 0 ? "" : " at " + stack[0]) + begun(kernel);
    }

    private static String begun(@Nullable Supplier<Trace.Label> kernel) {
        if (kernel == null) {
            return "";
        }
        Trace.Label label = kernel.get();
        return ", last kernel begun: " + label.name() + " " + label.detail();
    }
}
