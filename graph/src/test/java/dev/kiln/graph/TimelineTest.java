package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Trace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What traces and the Flight Recorder see of evaluations. */
@Timeout(120)
class TimelineTest {

    private final Stream stream = Toys.stream();
    private final Stream other = Toys.stream();

    private static List<Trace.Span> spans(Trace trace, Stream stream) {
        return trace.spans().stream().filter(span -> span.stream().equals(stream)).toList();
    }

    @Test
    void a_kernel_is_named_by_the_operations_in_it_and_tells_its_arrays() {
        Node x = Toys.counting(stream, 2, 3);
        try (Trace trace = Trace.start()) {
            Evaluator.eval(List.of(Toys.half(Toys.neg(x))));
            Trace.Span span = spans(trace, stream).getFirst();
            assertEquals(Trace.Kind.KERNEL, span.kind());
            assertEquals("neg+half", span.name());
            assertEquals("float64(2,3) -> float64(2,3)", span.detail());
            assertEquals(96, span.bytes());
        }
    }

    @Test
    void a_kernel_that_only_moves_elements_is_a_copy() {
        Node x = Toys.counting(stream, 2, 3);
        try (Trace trace = Trace.start()) {
            Evaluator.eval(List.of(Toys.reshape(Toys.transpose(x), 6)));
            assertEquals(List.of(Trace.Kind.COPY), spans(trace, stream).stream().map(Trace.Span::kind).toList());
        }
    }

    @Test
    void a_kernel_that_fails_is_in_the_timeline() {
        Node y = Toys.totals(Toys.counting(stream, 4));
        try (Trace trace = Trace.start()) {
            RecordingBackend.failAt(1);
            assertThrows(KilnException.class, () -> Evaluator.eval(List.of(y)));
            assertEquals(List.of("totals"), spans(trace, stream).stream().map(Trace.Span::name).toList());
        }
    }

    @Test
    void long_independent_work_on_two_streams_overlaps_and_on_one_stream_does_not() {
        try (Trace trace = Trace.start()) {
            Toy.Meet meet = new Toy.Meet(new CyclicBarrier(2)); // both kernels end only if both run
            Node one = Toys.on(stream, meet, Toys.counting(stream, 4));
            Node two = Toys.on(other, meet, Toys.counting(other, 4));
            Toys.start(one);
            Evaluator.eval(List.of(two)); // on this thread
            Evaluator.eval(List.of(one));
            assertTrue(spans(trace, stream).getFirst().overlap(spans(trace, other).getFirst()) > 0);

            Toy.Meet alone = new Toy.Meet(new CyclicBarrier(1));
            Toys.start(Toys.on(stream, alone, one), Toys.on(stream, alone, two));
            Evaluator.eval(List.of(Toys.on(stream, alone, one)));
            List<Trace.Span> kernels = spans(trace, stream).stream()
                    .filter(span -> span.kind() == Trace.Kind.KERNEL).toList();
            for (int i = 1; i < kernels.size(); i++) {
                assertTrue(kernels.get(i - 1).end() <= kernels.get(i).start());
            }
        }
    }

    @Test
    void a_stream_waits_for_the_kernel_of_another_and_goes_on_when_it_has_ended() throws Exception {
        try (Trace trace = Trace.start()) {
            Event gate = new Event();
            stream.submitWait(gate);
            Node y = Toys.on(other, new Toy.Totals(), Toys.totals(Toys.counting(stream, 3)));
            Toys.start(y);
            awaitWait();
            gate.complete();
            assertArrayEquals(new double[] {1, 4, 10}, Toys.values(y));

            Trace.Span cause = spans(trace, stream).getLast();
            Trace.Span wait = spans(trace, other).getFirst();
            Trace.Span after = spans(trace, other).getLast();
            assertEquals(stream, wait.awaited());
            assertEquals("totals", cause.name());
            assertEquals("totals", after.name());
            assertTrue(wait.start() <= cause.end() && cause.end() <= wait.end() && wait.end() <= after.start());
        }
    }

    @Test
    void a_stream_that_waits_for_an_earlier_evaluation_tells_whose_work_it_is() throws Exception {
        Event gate = new Event();
        stream.submitWait(gate);
        Node slow = Toys.totals(Toys.counting(stream, 3));
        Toys.start(slow);
        Node later = Toys.on(other, new Toy.Totals(), slow);
        Toys.start(later);
        awaitWait();
        gate.complete();
        assertArrayEquals(new double[] {1, 4, 10}, Toys.values(later));
    }

    private void awaitWait() throws InterruptedException {
        while (Stream.report().lines()
                .noneMatch(line -> line.startsWith(other + ": ") && line.contains("waits for " + stream))) {
            Thread.sleep(1);
        }
    }

    @Test
    void the_flight_recorder_gets_kernels_and_waits_without_a_trace(@TempDir Path folder) throws Exception {
        Evaluator.eval(List.of(Toys.neg(Toys.counting(stream, 3)))); // a recording may begin after the first evaluation
        Path file = folder.resolve("kiln.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.kiln.Kernel").withThreshold(Duration.ZERO);
            recording.enable("dev.kiln.Wait").withThreshold(Duration.ZERO);
            recording.start();
            Event gate = new Event();
            stream.submitWait(gate);
            Node y = Toys.on(other, new Toy.Totals(), Toys.neg(Toys.counting(stream, 3)));
            Toys.start(y);
            awaitWait();
            gate.complete();
            Evaluator.eval(List.of(y));
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);

        RecordedEvent kernel = only(events, "dev.kiln.Kernel", stream);
        assertEquals("neg", kernel.getString("operations"));
        assertEquals("float64(3) -> float64(3)", kernel.getString("arrays"));
        assertEquals(48, kernel.getLong("bytes"));
        assertEquals(List.of("Kiln"), kernel.getEventType().getCategoryNames());
        assertEquals("totals", only(events, "dev.kiln.Kernel", other).getString("operations"));

        RecordedEvent wait = only(events, "dev.kiln.Wait", other);
        assertEquals(stream.toString(), wait.getString("awaited"));
        assertTrue(!wait.getEndTime().isBefore(kernel.getEndTime()));
        assertTrue(wait.getDuration().isPositive());
    }

    private static RecordedEvent only(List<RecordedEvent> events, String name, Stream stream) {
        List<RecordedEvent> found = events.stream().filter(event -> event.getEventType().getName().equals(name)
                && event.getString("stream").equals(stream.toString())).toList();
        assertEquals(1, found.size(), () -> found.toString());
        return found.getFirst();
    }
}
