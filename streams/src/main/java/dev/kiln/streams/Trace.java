package dev.kiln.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A timeline of what all streams do while it is open:
 *
 * <pre>{@code
 * try (Trace trace = Trace.start()) {
 *     eval(y, z);
 *     trace.writeTo(Path.of("timeline.json")); // for https://ui.perfetto.dev or chrome://tracing
 * }
 * }</pre>
 *
 * <p>
 * While no trace is open, a kernel costs one read of a static field and one question to the JDK's Flight Recorder, which gets
 * the same spans as events ({@code dev.kiln.Kernel}, {@code dev.kiln.Wait}, {@code dev.kiln.BackPressure}) whenever it records.
 * While one is open, a span costs two readings of the clock and one entry, without a lock. There is room for a fixed number of
 * entries; what comes when it is full is dropped and counted.
 *
 * <p>
 * Any number of traces may be open at the same time; each records everything. A span is recorded by the traces that are open
 * when it begins, and when it ends. All methods may be called from any thread and before the trace is closed.
 */
public final class Trace implements AutoCloseable {

    /** What a stream, or somebody because of a stream, was doing. */
    public enum Kind {
        /** The stream computed. */
        KERNEL,
        /** The stream ran a kernel that only moves elements. */
        COPY,
        /** The stream, not a thread, waited for an event. */
        WAIT,
        /** A caller was held back so that work or memory does not pile up. */
        BACK_PRESSURE
    }

    /** What is in the record. */
    sealed interface Entry {}

    /**
     * From when to when something was going on. A stream has at most one kernel, copy or wait at a time.
     *
     * @param stream where; for {@link Kind#BACK_PRESSURE} the stream that had too much
     * @param name the operations of a kernel joined by "+", what was waited for, or why a caller was held back
     * @param detail the dtypes and shapes that a kernel reads and writes; may be empty
     * @param bytes read and written; 0 if nothing is
     * @param awaited whose work a wait was for; null if it is not known, and for other kinds
     * @param thread the name of the thread that ended the span; for a kernel and back-pressure also that which began it
     * @param start in the nanoseconds of {@link System#nanoTime}
     * @param end in the nanoseconds of {@link System#nanoTime}
     */
    public record Span(Kind kind, Stream stream, String name, String detail, long bytes, @Nullable Stream awaited,
            String thread, long start, long end) implements Entry {

        /** Nanoseconds from start to end. */
        public long duration() {
            return end - start;
        }

        /** Nanoseconds for which this and {@code other} were going on at the same time; 0 if they were not. */
        public long overlap(Span other) {
            long last = start - other.start > 0 ? start : other.start;
            long first = end - other.end < 0 ? end : other.end;
            return Math.max(0, first - last);
        }
    }

    /**
     * How much was waiting in a stream's queue from {@code time} on.
     *
     * @param tasks that nobody had begun yet
     * @param time in the nanoseconds of {@link System#nanoTime}
     */
    public record Depth(Stream stream, int tasks, long time) implements Entry {}

    /**
     * What a kernel does, for those who look at timelines.
     *
     * @param name the operations joined by "+"
     * @param detail dtypes and shapes
     * @param bytes read and written
     */
    public record Label(Kind kind, String name, String detail, long bytes) {}

    private static final int USUAL_CAPACITY = 1 << 16;

    /** Replaced, never changed: an array read is a consistent set of traces. */
    private static volatile Trace[] open = {};

    private final AtomicReferenceArray<@Nullable Entry> entries;
    private final AtomicLong offered = new AtomicLong();
    private final long started = System.nanoTime();
    private volatile boolean closed;

    private Trace(int capacity) {
        entries = new AtomicReferenceArray<>(capacity);
    }

    /** Starts recording, with room for 65,536 entries: a span is one, and each change of a queue's depth. */
    public static Trace start() {
        return start(USUAL_CAPACITY);
    }

    /**
     * Starts recording, with room for {@code capacity} entries.
     *
     * @throws IllegalArgumentException if {@code capacity} is not positive
     */
    public static Trace start(int capacity) {
        if (capacity <= 0) {
            throw new IllegalArgumentException("A trace needs room for at least one entry, but got " + capacity + ".");
        }
        Trace trace = new Trace(capacity);
        synchronized (Trace.class) {
            Trace[] more = Arrays.copyOf(open, open.length + 1);
            more[open.length] = trace;
            open = more;
        }
        return trace;
    }

    /** Stops recording. What was recorded stays readable. Closing again does nothing. */
    @Override
    public void close() {
        closed = true;
        synchronized (Trace.class) {
            open = Arrays.stream(open).filter(trace -> !trace.equals(this)).toArray(Trace[]::new);
        }
    }

    /** The spans that have ended so far, by start. */
    public List<Span> spans() {
        return recorded(Span.class, Comparator.comparingLong(span -> span.start() - started));
    }

    /** The changes of the depths of queues so far, in order. */
    public List<Depth> depths() {
        return recorded(Depth.class, Comparator.comparingLong(depth -> depth.time() - started));
    }

    /** How many entries were lost because there was no more room: see {@link #start(int)}. */
    public long dropped() {
        return Math.max(0, offered.get() - entries.length());
    }

    /**
     * Writes what was recorded so far in the Chrome trace format, which {@code https://ui.perfetto.dev} and
     * {@code chrome://tracing} open: a row for each stream, a row for each thread that was held back, arrows from kernels to
     * the waits that they ended, and the depths of queues.
     *
     * @throws UncheckedIOException if {@code file} cannot be written
     */
    public void writeTo(Path file) {
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            new ChromeTrace(out, started).write(spans(), depths(), dropped());
        } catch (IOException failed) {
            throw new UncheckedIOException("Cannot write " + file + ": " + failed, failed);
        }
    }

    /** What was recorded, in short. */
    @Override
    public String toString() {
        return "trace of " + spans().size() + " spans, " + dropped() + " entries dropped";
    }

    private <T extends Entry> List<T> recorded(Class<T> type, Comparator<T> order) {
        int filled = (int) Math.min(offered.get(), entries.length());
        return IntStream.range(0, filled).mapToObj(entries::get).filter(Objects::nonNull).filter(type::isInstance)
                .map(type::cast).sorted(order).toList();
    }

    /** The traces that record now; not to be changed. */
    static Trace[] open() {
        return open;
    }

    /** Records the depth of a queue; called in the order of its changes. */
    static void depth(Stream stream, int tasks) {
        Trace[] traces = open;
        if (traces.length > 0) {
            Depth depth = new Depth(stream, tasks, System.nanoTime());
            for (Trace trace : traces) {
                trace.add(depth);
            }
        }
    }

    void add(Entry entry) {
        if (!closed) {
            long index = offered.getAndIncrement();
            if (index < entries.length()) {
                entries.setRelease((int) index, entry);
            }
        }
    }
}
