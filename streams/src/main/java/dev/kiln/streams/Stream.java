package dev.kiln.streams;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An ordered queue of work on a device. Work on one stream runs in order, work on different streams at the same time.
 *
 * <p>
 * A stream owns no thread: while it has work, one thread of the shared pool, or the thread that brought the work, drains
 * it. A stream that must wait for an event leaves its thread and comes back when the event is done. So streams cost
 * nothing when idle, any thread may use any stream, and a dropped stream leaves nothing behind. Closing one is not needed;
 * it is for those who want what is still queued to be given up.
 */
public final class Stream implements StreamOrDevice, AutoCloseable {

    private static final AtomicLong IDS = new AtomicLong();

    private sealed interface Task {}

    private record Run(Runnable work) implements Task {}

    private record Wait(Event event) implements Task {}

    private final Device device;
    private final long id = IDS.getAndIncrement();
    private final String name;
    private final ArrayDeque<Task> queue = new ArrayDeque<>();
    private boolean draining;
    /** Held while several tasks that belong together are appended. */
    private final ReentrantLock appending = new ReentrantLock();
    private volatile boolean closed;
    private final Status status = new Status();

    Stream(Device device) {
        this.device = device;
        this.name = "stream(" + device + ", " + id + ")";
        Report.add(this);
    }

    /**
     * A new stream on {@code device}; MLX's {@code new_stream}.
     *
     * @throws IllegalStateException if the device is not available; the message says what it needs
     */
    public static Stream of(Device device) {
        Objects.requireNonNull(device, "[Stream.of] Argument device is null.");
        device.requireAvailable();
        return new Stream(device);
    }

    /** The calling thread's default stream of {@code device}. */
    public static Stream defaultStream(Device device) {
        return device.stream();
    }

    /** The stream that operations of the calling thread run on when they are not told another. */
    public static Stream defaultStream() {
        return Defaults.stream();
    }

    /** The device that this stream runs on. */
    public Device device() {
        return device;
    }

    /** A number that no other stream of this JVM has. */
    public long id() {
        return id;
    }

    /**
     * This stream.
     *
     * @throws IllegalStateException if it is closed
     */
    @Override
    public Stream stream() {
        requireOpen();
        return this;
    }

    /**
     * Ends the stream: the kernel that runs now ends, arrays whose kernels have not begun fail, and nothing more is
     * accepted. Call {@link #synchronize} first to let queued work end. Values that were computed here stay; closing again
     * does nothing.
     */
    @Override
    public void close() {
        appending.lock(); // so that nobody is found closed between two of the tasks that it appends
        try {
            closed = true;
        } finally {
            appending.unlock();
        }
    }

    /** Whether the stream was closed. Work that finds itself on a closed stream is expected to give itself up. */
    public boolean isClosed() {
        return closed;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("Stream " + this + " is closed: build the operation on another stream"
                    + " (Stream.of(Device) makes one), or on none to take the default.");
        }
    }

    /**
     * Runs {@code action}, which appends to {@code streams}, while nobody else appends to any of them in this way: what two
     * callers append to several streams is in the same order on all of them, so that neither waits for the other for ever.
     *
     * @throws IllegalStateException if one of the streams is closed; {@code action} has not run then
     */
    public static void together(List<Stream> streams, Runnable action) {
        List<Stream> ordered = streams.size() == 1
                ? streams
                : streams.stream().sorted(Comparator.comparingLong(Stream::id)).toList();
        int locked = 0;
        try {
            for (Stream stream : ordered) {
                stream.appending.lock();
                locked++;
                stream.requireOpen();
            }
            action.run();
        } finally {
            while (locked > 0) {
                ordered.get(--locked).appending.unlock();
            }
        }
    }

    /**
     * Appends {@code work}, which must not throw and must not block on work of other streams. If the stream is closed by the
     * time it is reached it is run all the same, since others may wait for what it signals: see {@link #isClosed}.
     */
    public void submit(Runnable work) {
        append(new Run(work));
    }

    /**
     * Makes everything appended after this wait for {@code event}, whether it completes or fails. Where the device waits by itself,
     * what is appended may be handed to it before that.
     */
    public void submitWait(Event event) {
        if (!event.isDone()) {
            append(new Wait(event));
        }
    }

    /**
     * Runs {@code work} on the calling thread if the stream is idle. Small work is done sooner than handed over.
     *
     * @return false if the stream has work; nothing was run or appended then
     */
    public boolean runIfIdle(Runnable work) {
        synchronized (queue) {
            if (draining) {
                return false;
            }
            draining = true;
            status.runs();
        }
        try {
            work.run();
        } finally {
            handOver();
        }
        return true;
    }

    /**
     * What all streams are doing now: a line for each that has work, with the number of tasks in its queue, and the kernel that
     * it runs and where, or what it waits for and since when. For watchdogs and bug reports; it holds nobody up for long.
     */
    public static String report() {
        return Report.text();
    }

    /** Waits until everything appended so far has run, and the device has done what it was handed for it. */
    public void synchronize() {
        Event reached = new Event();
        Runnable last = () -> device.whenDone(this, reached::complete);
        if (!runIfIdle(last)) {
            submit(last);
        }
        reached.await();
    }

    private void append(Task task) {
        synchronized (queue) {
            queue.add(task);
            Trace.depth(this, queue.size());
            if (draining) {
                return;
            }
            draining = true;
            status.ready();
        }
        WorkerPool.SHARED.execute(this::drain);
    }

    /** Lets another thread go on with what came in while this one was running. */
    private void handOver() {
        synchronized (queue) {
            if (queue.isEmpty()) {
                draining = false;
                status.idle();
                return;
            }
            status.ready();
        }
        WorkerPool.SHARED.execute(this::drain);
    }

    private void drain() {
        while (true) {
            Task task = poll();
            switch (task) {
                case null -> {
                    return;
                }
                case Run(Runnable work) -> runSafely(work);
                case Wait(Event event) -> {
                    if (!event.isDone() && !device.awaits(this, event)) {
                        park(event);
                        return; // still marked as draining: the event's thread brings the stream back
                    }
                }
            }
        }
    }

    private void park(Event event) {
        synchronized (queue) {
            status.waits(event);
        }
        Activity wait = Activity.waiting(this, event);
        event.onDone(() -> {
            wait.close();
            WorkerPool.SHARED.execute(this::drain);
        });
    }

    private static void runSafely(Runnable work) {
        try {
            work.run();
        } catch (Throwable unexpected) { // work carries its own failures: this is a defect, what is behind it goes on
            System.getLogger("dev.kiln").log(System.Logger.Level.ERROR, "Work on a stream failed", unexpected);
        }
    }

    private @Nullable Task poll() {
        synchronized (queue) {
            Task task = queue.poll();
            if (task == null) {
                draining = false;
                status.idle();
            } else {
                status.runs();
                Trace.depth(this, queue.size());
            }
            return task;
        }
    }

    /** The calling thread, which works for this stream, begins a kernel. */
    void launches(Supplier<Trace.Label> label) {
        status.launches(label);
    }

    /** A line that tells what the stream is doing; empty if it has no work. */
    Optional<String> status() {
        synchronized (queue) {
            return draining ? Optional.of(this + ": " + queue.size() + " queued, " + status) : Optional.empty();
        }
    }

    /** For example {@code stream(cpu, 3)}. */
    @Override
    public String toString() {
        return name;
    }
}
