package dev.kiln.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Other tests may run streams while these record, so each looks only at its own. */
@Timeout(60)
class TraceTest {

    private static final Trace.Label NORM = new Trace.Label(Trace.Kind.KERNEL, "add+rms_norm", "float32(2,3)", 48);

    private final Stream a = new Stream(Device.CPU);
    private final Stream b = new Stream(Device.CPU);

    private static void kernel(Stream stream) {
        try (Activity kernel = Activity.kernel(stream, () -> NORM)) {
            Thread.onSpinWait();
        }
    }

    private static List<Trace.Span> spans(Trace trace, Stream stream) {
        return trace.spans().stream().filter(span -> span.stream().equals(stream)).toList();
    }

    @Test
    void a_kernel_is_recorded_with_what_it_does_and_where() {
        try (Trace trace = Trace.start()) {
            a.runIfIdle(() -> kernel(a));
            Trace.Span span = spans(trace, a).getFirst();
            assertEquals(new Trace.Span(Trace.Kind.KERNEL, a, "add+rms_norm", "float32(2,3)", 48, null,
                    Thread.currentThread().getName(), span.start(), span.end()), span);
            assertTrue(span.duration() >= 0);
        }
    }

    @Test
    void a_stream_that_waits_is_recorded_from_where_it_stops_to_the_event_and_names_whose_event_it_is() {
        try (Trace trace = Trace.start()) {
            Event event = new Event(a);
            b.submitWait(event);
            b.submit(() -> kernel(b));
            Statuses.await(b, "waits for " + a);
            a.submit(() -> {
                kernel(a);
                event.complete();
            });
            b.synchronize();

            Trace.Span cause = spans(trace, a).getFirst();
            Trace.Span wait = spans(trace, b).getFirst();
            Trace.Span after = spans(trace, b).getLast();
            assertEquals(List.of(Trace.Kind.WAIT, Trace.Kind.KERNEL), List.of(wait.kind(), after.kind()));
            assertEquals("wait for " + a, wait.name());
            assertEquals(a, wait.awaited());
            assertTrue(wait.start() <= cause.start() && cause.end() <= wait.end() && wait.end() <= after.start());
        }
    }

    @Test
    void waiting_for_an_event_of_nobody_in_particular_is_recorded_too() {
        try (Trace trace = Trace.start()) {
            Event event = new Event();
            a.submitWait(event);
            Statuses.await(a, "waits for an event");
            event.complete();
            a.synchronize();
            assertEquals("wait for an event", spans(trace, a).getFirst().name());
            assertNull(spans(trace, a).getFirst().awaited());
        }
    }

    @Test
    void the_depth_of_a_queue_is_sampled_whenever_it_changes() {
        Event gate = new Event();
        a.submitWait(gate);
        Statuses.await(a, "waits for an event");
        try (Trace trace = Trace.start()) {
            a.submit(() -> {});
            a.submit(() -> {});
            gate.complete();
            a.synchronize();
            List<Integer> depths = trace.depths().stream().filter(depth -> depth.stream().equals(a))
                    .map(Trace.Depth::tasks).toList();
            assertEquals(List.of(1, 2), depths.subList(0, 2));
            assertEquals(0, depths.getLast());
            for (int i = 1; i < depths.size(); i++) {
                assertEquals(1, Math.abs(depths.get(i) - depths.get(i - 1)), depths::toString);
            }
        }
    }

    @Test
    void a_caller_that_is_held_back_is_recorded_with_the_reason() {
        try (Trace trace = Trace.start()) {
            try (Activity held = Activity.backPressure(a, "9 evaluations are queued")) {
                Thread.onSpinWait();
            }
            Trace.Span span = spans(trace, a).getFirst();
            assertEquals(Trace.Kind.BACK_PRESSURE, span.kind());
            assertEquals("9 evaluations are queued", span.name());
        }
    }

    @Test
    void only_what_begins_and_ends_while_a_trace_is_open_is_in_it() {
        kernel(a);
        Trace trace;
        try (Activity before = Activity.kernel(a, () -> NORM)) {
            trace = Trace.start();
        }
        kernel(a);
        try (Activity across = Activity.kernel(a, () -> NORM)) {
            trace.close();
        }
        kernel(a);
        assertEquals(1, spans(trace, a).size());
    }

    @Test
    void traces_that_are_open_at_the_same_time_all_record() {
        try (Trace outer = Trace.start()) {
            kernel(a);
            try (Trace inner = Trace.start()) {
                kernel(a);
                assertEquals(spans(outer, a).subList(1, 2), spans(inner, a));
            }
            kernel(a);
            assertEquals(3, spans(outer, a).size());
        }
    }

    @Test
    void a_full_trace_keeps_what_came_first_and_counts_the_rest() {
        try (Trace trace = Trace.start(2)) {
            for (int i = 0; i < 5; i++) {
                kernel(a);
            }
            assertTrue(trace.spans().size() <= 2);
            assertTrue(trace.dropped() >= 3, trace::toString);
        }
    }

    @Test
    void threads_that_record_at_once_lose_nothing() throws Exception {
        int threads = 8;
        int each = 2_000;
        try (Trace trace = Trace.start()) {
            List<Thread> started = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                Stream own = new Stream(Device.CPU);
                started.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < each; i++) {
                        Activity.backPressure(own, "hold " + own.id()).close();
                    }
                }));
            }
            for (Thread thread : started) {
                thread.join();
            }
            assertEquals(threads * each,
                    trace.spans().stream().filter(span -> span.name().startsWith("hold ")).count());
            assertEquals(0, trace.dropped());
        }
    }

    @Test
    void a_thread_without_a_name_is_told_by_its_number() throws Exception {
        try (Trace trace = Trace.start()) {
            Thread thread = Thread.ofVirtual().start(() -> kernel(a));
            thread.join();
            assertEquals("thread " + thread.threadId(), spans(trace, a).getFirst().thread());
        }
    }

    @Test
    void nobody_is_asked_what_a_kernel_does_while_nobody_records() {
        AtomicInteger asked = new AtomicInteger();
        Activity.kernel(a, () -> {
            asked.incrementAndGet();
            return NORM;
        }).close();
        assertEquals(0, asked.get());
    }

    @Test
    void spans_overlap_by_the_time_that_both_go_on() {
        assertEquals(2, span(1, 5).overlap(span(3, 9)));
        assertEquals(2, span(3, 9).overlap(span(1, 5)));
        assertEquals(4, span(0, 10).overlap(span(2, 6)));
        assertEquals(0, span(0, 2).overlap(span(2, 4)));
        assertEquals(0, span(0, 2).overlap(span(7, 9)));
        assertEquals(2, span(Long.MAX_VALUE, Long.MIN_VALUE + 3).overlap(span(Long.MIN_VALUE + 1, Long.MIN_VALUE + 9)));
    }

    private Trace.Span span(long start, long end) {
        return new Trace.Span(Trace.Kind.KERNEL, a, "neg", "", 0, null, "main", start, end);
    }

    @Test
    void a_trace_without_room_is_refused() {
        assertEquals("A trace needs room for at least one entry, but got 0.",
                assertThrows(IllegalArgumentException.class, () -> Trace.start(0)).getMessage());
    }

    @Test
    void a_file_that_cannot_be_written_is_named(@TempDir Path folder) {
        try (Trace trace = Trace.start()) {
            Path file = folder.resolve("absent").resolve("timeline.json");
            UncheckedIOException refused = assertThrows(UncheckedIOException.class, () -> trace.writeTo(file));
            assertTrue(refused.getMessage().startsWith("Cannot write " + file), refused.getMessage());
        }
    }
}
