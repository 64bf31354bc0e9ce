package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.graph.DType;
import dev.kiln.streams.Activity;
import dev.kiln.streams.Device;
import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Trace;
import dev.kiln.streams.Workers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Timelines of real kernels, and the files that they are written to. */
@Timeout(120)
class TimelineTest {

    private final Stream a = Stream.of(Device.CPU);
    private final Stream b = Stream.of(Device.CPU);
    private final Array x = Random.uniform(-1, 1, shape(256, 256), DType.FLOAT32, Random.key(1));

    @BeforeEach
    void draw() {
        x.eval();
    }

    /** Each kernel needs the one before it. */
    private Array chain(Stream stream, int kernels) {
        Array y = x;
        for (int i = 0; i < kernels; i++) {
            y = Ops.matmul(y, x, stream);
        }
        return y;
    }

    @Test
    void long_independent_work_on_two_streams_of_one_evaluation_overlaps() {
        assumeTrue(Workers.shared().count() > 1, "one processor runs one stream at a time");
        try (Trace trace = Trace.start()) {
            Ops.eval(chain(a, 100), chain(b, 100));
            List<Trace.Span> here = spans(trace, a);
            List<Trace.Span> there = spans(trace, b);
            assertEquals(100, here.size());
            assertEquals(100, there.size());
            assertTrue(here.stream().mapToLong(span -> there.stream().mapToLong(span::overlap).sum()).sum() > 0);
        }
    }

    private static List<Trace.Span> spans(Trace trace, Stream stream) {
        return trace.spans().stream().filter(span -> span.stream().equals(stream)).toList();
    }

    @Test
    void a_written_timeline_has_a_row_for_each_stream_with_its_spans_and_a_counter_of_its_queue(@TempDir Path folder)
            throws Exception {
        try (Trace trace = Trace.start()) {
            evaluateAcross();
            List<Map<String, Json>> events = written(trace, folder);
            for (Stream stream : List.of(a, b)) {
                Map<String, Json> row = only(events, "M", stream, "thread_name");
                assertEquals(Map.of("name", new Json.Str(stream.toString())), members(row.get("args")));

                List<Map<String, Json>> spans = of(events, "X", stream);
                List<Trace.Span> recorded = spans(trace, stream);
                assertEquals(recorded.stream().map(Trace.Span::name).toList(),
                        spans.stream().map(event -> text(event, "name")).toList());
                for (int i = 0; i < recorded.size(); i++) {
                    assertEquals(recorded.get(i).duration() / 1e3, number(spans.get(i), "dur"));
                    assertEquals((recorded.get(i).start() - recorded.getFirst().start()) / 1e3,
                            number(spans.get(i), "ts") - number(spans.getFirst(), "ts"), 1e-3);
                }
                List<Map<String, Json>> depths = of(events, "C", stream);
                assertEquals(Map.of("tasks", new Json.Int(0)), members(depths.getLast().get("args")));
                assertEquals("queue of " + stream, text(depths.getFirst(), "name"));
            }
            Map<String, Json> kernel = of(events, "X", b).getLast();
            assertEquals("kernel", text(kernel, "cat"));
            assertEquals("float32(256,256), float32(256,256) -> float32(256,256)",
                    text(members(kernel.get("args")), "arrays"));
            assertEquals(new Json.Int(3L * 256 * 256 * 4), members(kernel.get("args")).get("bytes"));
        }
    }

    @Test
    void an_arrow_leads_from_inside_the_kernel_that_an_event_comes_from_to_inside_the_wait_for_it(@TempDir Path folder)
            throws Exception {
        try (Trace trace = Trace.start()) {
            evaluateAcross();
            List<Map<String, Json>> events = written(trace, folder);
            Map<String, Json> tail = only(events, "s", a, "event");
            Map<String, Json> head = only(events, "f", b, "event");
            assertEquals(tail.get("id"), head.get("id"));
            assertEquals("e", text(head, "bp")); // the head belongs to the span around it, not to the next
            assertInside(tail, of(events, "X", a).getLast(), "matmul");
            assertInside(head, of(events, "X", b).getFirst(), "wait for " + a);
            assertTrue(number(tail, "ts") <= number(head, "ts"));
        }
    }

    private static void assertInside(Map<String, Json> point, Map<String, Json> span, String name) {
        assertEquals(name, text(span, "name"));
        double into = number(point, "ts") - number(span, "ts");
        assertTrue(into >= 0 && into < number(span, "dur"), () -> point + " in " + span);
    }

    @Test
    void callers_held_back_have_rows_of_their_own_and_any_text_survives(@TempDir Path folder) throws Exception {
        String odd = "\"quoted\" \\ line\nbreak \t\u0000 \u00e9\u65e5\ud83d\ude00 half a pair: \ud83d";
        try (Trace trace = Trace.start()) {
            Thread caller = Thread.ofPlatform().name(odd).start(() -> Activity.backPressure(a, odd).close());
            caller.join();
            Map<String, Json> held = written(trace, folder).stream()
                    .filter(event -> event.get("cat") instanceof Json.Str(String kind) && kind.equals("back_pressure"))
                    .findFirst().orElseThrow();
            String kept = odd.substring(0, odd.length() - 1) + "\ufffd";
            assertEquals(kept, text(held, "name"));
            assertEquals(kept, text(members(held.get("args")), "thread"));
            assertEquals(new Json.Int(2), held.get("pid"));
        }
    }

    @Test
    void a_timeline_of_nothing_can_be_written_and_what_was_dropped_is_told(@TempDir Path folder) throws Exception {
        try (Trace trace = Trace.start(1)) {
            trace.close();
            assertEquals(1, written(trace, folder).size());
        }
        try (Trace trace = Trace.start(1)) {
            chain(a, 3).eval();
            Path file = folder.resolve("full.json");
            trace.writeTo(file);
            assertEquals(Map.of("dropped", new Json.Int(trace.dropped())),
                    members(whole(file).members().get("otherData")));
            assertTrue(trace.dropped() >= 2);
        }
    }

    /** A kernel on each stream, the second waiting for the first. */
    private void evaluateAcross() throws InterruptedException {
        Event gate = new Event();
        a.submitWait(gate);
        var done = Ops.asyncEval(Ops.matmul(Ops.matmul(x, x, a), x, b));
        while (Stream.report().lines()
                .noneMatch(line -> line.startsWith(b + ": ") && line.contains("waits for " + a))) {
            Thread.sleep(1);
        }
        gate.complete();
        done.join();
        a.synchronize();
        b.synchronize();
    }

    private static List<Map<String, Json>> written(Trace trace, Path folder) throws IOException {
        Path file = folder.resolve("timeline.json");
        trace.writeTo(file);
        return ((Json.Arr) whole(file).members().get("traceEvents")).items().stream().map(TimelineTest::members)
                .toList();
    }

    private static Json.Obj whole(Path file) throws IOException {
        return (Json.Obj) JsonReader.read(Files.readString(file, StandardCharsets.US_ASCII),
                new Refusal("trace", file.toString()));
    }

    private static List<Map<String, Json>> of(List<Map<String, Json>> events, String phase, Stream stream) {
        return events.stream().filter(event -> text(event, "ph").equals(phase)
                && event.get("pid").equals(new Json.Int(1)) && event.get("tid").equals(new Json.Int(stream.id())))
                .toList();
    }

    private static Map<String, Json> only(List<Map<String, Json>> events, String phase, Stream stream, String name) {
        List<Map<String, Json>> found = of(events, phase, stream).stream()
                .filter(event -> text(event, "name").equals(name)).toList();
        assertEquals(1, found.size(), found::toString);
        return found.getFirst();
    }

    private static Map<String, Json> members(Json object) {
        return ((Json.Obj) object).members();
    }

    private static String text(Map<String, Json> event, String key) {
        return ((Json.Str) event.get(key)).value();
    }

    private static double number(Map<String, Json> event, String key) {
        return ((Json.Real) event.get(key)).value();
    }
}
