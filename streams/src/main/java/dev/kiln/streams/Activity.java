package dev.kiln.streams;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that goes on until it is closed, and is then a span of the open {@link Trace}s and an event of the JDK's Flight
 * Recorder. For those who run work; programs look at traces. If nobody records, it is one shared object that does nothing.
 *
 * <pre>{@code
 * try (Activity kernel = Activity.kernel(stream, label)) {
 *     launch();
 * }
 * }</pre>
 */
public abstract sealed class Activity implements AutoCloseable {

    private static final Activity UNSEEN = new Unseen();

    static { // not in an event's class: two threads that need two of these would wait for each other
        FlightEvent.register();
    }

    private Activity() {}

    /** A kernel begins; {@code label} is asked what it does only if somebody wants to know. */
    public static Activity kernel(Stream stream, Supplier<Trace.Label> label) {
        stream.launches(label);
        return begin(FlightEvent.Kernel.SAMPLE, stream, null, label);
    }

    /**
     * A caller is held back from here on: the calling thread waits until {@code stream} has worked off some of what it has, or
     * until memory comes back.
     *
     * @param reason for example "128 evaluations are queued"; it is what one reads in the timeline
     */
    public static Activity backPressure(Stream stream, String reason) {
        return begin(FlightEvent.BackPressure.SAMPLE, stream, null,
                () -> new Trace.Label(Trace.Kind.BACK_PRESSURE, reason, "", 0));
    }

    /** {@code stream} goes no further until {@code event} is done. */
    static Activity waiting(Stream stream, Event event) {
        return begin(FlightEvent.Wait.SAMPLE, stream, event.source(),
                () -> new Trace.Label(Trace.Kind.WAIT, FlightEvent.Wait.WAIT_FOR + event, "", 0));
    }

    private static Activity begin(FlightEvent sample, Stream stream, @Nullable Stream awaited,
            Supplier<Trace.Label> label) {
        Trace[] traces = Trace.open();
        return traces.length > 0 || sample.isEnabled()
                ? new Seen(traces, sample.another(), stream, awaited, label)
                : UNSEEN;
    }

    /** Whatever it was, it is over now. */
    @Override
    public abstract void close();

    private static final class Unseen extends Activity {
        @Override
        public void close() {}
    }

    private static final class Seen extends Activity {
        private final Trace[] traces;
        private final FlightEvent event;
        private final Stream stream;
        private final @Nullable Stream awaited;
        private final Supplier<Trace.Label> label;
        private final long start;

        Seen(Trace[] traces, FlightEvent event, Stream stream, @Nullable Stream awaited, Supplier<Trace.Label> label) {
            this.traces = traces;
            this.event = event;
            this.stream = stream;
            this.awaited = awaited;
            this.label = label;
            event.begin();
            start = System.nanoTime();
        }

        @Override
        public void close() {
            long end = System.nanoTime();
            event.end();
            if (event.shouldCommit()) {
                event.fill(stream, label.get());
                event.commit();
            }
            if (traces.length > 0) {
                Trace.Label what = label.get();
                Trace.Span span = new Trace.Span(what.kind(), stream, what.name(), what.detail(), what.bytes(), awaited,
                        name(Thread.currentThread()), start, end);
                for (Trace trace : traces) {
                    trace.add(span);
                }
            }
        }

        /** Virtual threads need not have a name. */
        private static String name(Thread thread) {
            return thread.getName().isEmpty() ? "thread " + thread.threadId() : thread.getName();
        }
    }
}
