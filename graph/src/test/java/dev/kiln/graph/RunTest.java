package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Trace;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a failing kernel does to the arrays that depend on it, and to others. */
@Timeout(60)
class RunTest {

    private final Stream stream = Toys.stream();
    private final Stream other = Toys.stream();

    @AfterEach
    void let_all_launches_run() {
        RecordingBackend.failAt(Integer.MAX_VALUE);
    }

    @Test
    void a_failure_names_operation_shapes_and_stream() {
        RecordingBackend.failAt(1);
        Node x = Toys.half(Toys.neg(Toys.counting(stream, 2, 3)));
        KilnException failure = assertThrows(KilnException.class, () -> Evaluator.eval(List.of(x)));
        assertEquals("[neg+half] failed on " + stream + " for [float64(2,3)] -> [float64(2,3)]:"
                + " java.lang.ArithmeticException: failed as told (start with -Dkiln.sites=true to see where it was built)",
                failure.getMessage());
        assertInstanceOf(ArithmeticException.class, failure.getCause());
    }

    @Test
    void reading_again_throws_the_same_exception() {
        RecordingBackend.failAt(1);
        Node x = Toys.neg(Toys.counting(stream, 4));
        KilnException first = assertThrows(KilnException.class, () -> Evaluator.eval(List.of(x)));
        assertSame(first, assertThrows(KilnException.class, () -> Evaluator.eval(List.of(x))));
        assertSame(first, assertThrows(KilnException.class, () -> Evaluator.read(x)));
        assertSame(first, assertThrows(KilnException.class, () -> Evaluator.eval(List.of(Toys.half(x)))));
    }

    @Test
    void a_failure_reaches_only_what_depends_on_it() {
        Node x = Toys.counting(stream, 4);
        Node bad = Toys.totals(x);
        Node worse = Toys.totals(bad);
        Node good = Toys.totals(Toys.neg(x));
        RecordingBackend.failAt(1);
        KilnException failure = assertThrows(KilnException.class, () -> Evaluator.eval(List.of(bad, worse, good)));
        assertSame(failure, assertThrows(KilnException.class, () -> Evaluator.read(bad)));
        assertSame(failure, assertThrows(KilnException.class, () -> Evaluator.read(worse)));
        assertArrayEquals(new double[] {-1, -3, -6, -10}, Toys.values(good));
        assertArrayEquals(new double[] {1, 2, 3, 4}, Toys.values(x));
    }

    @Test
    void a_failure_does_not_reach_what_is_only_fused_with_what_depends_on_it() {
        Node x = Toys.counting(stream, 4);
        Node bad = Toys.on(stream, new Toy.Faulty(), x);
        Node good = Toys.neg(x);
        Node sum = Toys.add(good, bad);
        Node beside = Toys.half(sum);
        assertEquals(List.of("faulty", "neg+add+half"), Toys.kernels(good, sum, beside));
        KilnException failure = assertThrows(KilnException.class, () -> Evaluator.eval(List.of(good, sum, beside)));
        assertArrayEquals(new double[] {-1, -2, -3, -4}, Toys.values(good));
        assertSame(failure, assertThrows(KilnException.class, () -> Evaluator.read(sum)));
        assertSame(failure, assertThrows(KilnException.class, () -> Evaluator.read(beside)));
    }

    /** The slot of the value that is not there becomes that of one that is. */
    @Test
    void a_failure_does_not_reach_what_is_written_over_it() {
        Node x = Toys.counting(stream, 4);
        Node bad = Toys.on(stream, new Toy.Faulty(), Toys.totals(x));
        Node good = Toys.neg(x);
        Node sum = Toys.add(good, bad);
        assertThrows(KilnException.class, () -> Evaluator.eval(List.of(sum, Toys.totals(good))));
        Node later = Toys.totals(good);
        assertArrayEquals(new double[] {-1, -3, -6, -10}, Toys.values(later));
        assertThrows(KilnException.class, () -> Evaluator.read(sum));
    }

    @Test
    void an_array_that_depends_on_two_failures_keeps_the_first_it_was_read_with() {
        Node a = Toys.on(stream, new Toy.Faulty(), Toys.counting(stream, 4));
        Node b = Toys.on(other, new Toy.Faulty(), Toys.counting(other, 4));
        Node sum = Toys.add(a, b);
        KilnException ofB = assertThrows(KilnException.class, () -> Evaluator.read(b));
        KilnException ofSum = assertThrows(KilnException.class, () -> Evaluator.read(sum));
        assertSame(ofB, ofSum);
        assertThrows(KilnException.class, () -> Evaluator.read(a));
        assertSame(ofSum, assertThrows(KilnException.class, () -> Evaluator.read(sum)));
    }

    @Test
    void a_failure_crosses_streams() {
        Node x = Toys.totals(Toys.counting(stream, 4));
        Node there = Toys.on(other, new Toy.Totals(), x);
        Node back = Toys.on(stream, new Toy.Totals(), there);
        RecordingBackend.failAt(1);
        KilnException failure = assertThrows(KilnException.class, () -> Evaluator.eval(List.of(back)));
        assertTrue(failure.getMessage().contains(stream.toString()), failure.getMessage());
        assertArrayEquals(new double[] {1, 3}, Toys.values(Toys.on(other, new Toy.Totals(), Toys.counting(other, 2))));
    }

    @Test
    void a_failure_reaches_those_who_built_on_a_running_value() {
        Event gate = new Event();
        other.submitWait(gate);
        Node slow = Toys.on(other, new Toy.Totals(), Toys.counting(other, 3));
        Toys.start(slow);
        Node later = Toys.on(stream, new Toy.Totals(), slow);
        Node view = Toys.reverse(slow);
        Toys.start(later, view);
        RecordingBackend.failAt(1);
        gate.complete();
        KilnException failure = assertThrows(KilnException.class, () -> Evaluator.read(later));
        assertSame(failure, assertThrows(KilnException.class, () -> Evaluator.read(slow)));
        assertSame(failure, assertThrows(KilnException.class, () -> Evaluator.read(view)));
    }

    @Test
    void an_error_while_a_kernel_is_made_leaves_nothing_behind() {
        Error cut = new StackOverflowError();
        Node x = Toys.neg(Toys.totals(Toys.counting(stream, 3, 1, 7)));
        RecordingBackend.cutCompiling(cut);
        assertSame(cut, assertThrows(StackOverflowError.class, () -> Evaluator.eval(List.of(x))));
        assertEquals(-1, Toys.values(x)[0]);
    }

    @Test
    void an_error_between_kernels_fails_what_is_not_there_and_nobody_waits_for_it() {
        Error cut = new StackOverflowError();
        Node here = Toys.totals(Toys.counting(stream, 3));
        RecordingBackend.cutEnding(cut);
        assertSame(cut, assertThrows(StackOverflowError.class, () -> Evaluator.eval(List.of(here))));
        assertSame(cut, assertThrows(StackOverflowError.class, () -> Evaluator.read(here)));

        Node queued = Toys.totals(Toys.counting(stream, 3));
        RecordingBackend.cutEnding(cut);
        assertSame(cut, assertThrows(ExecutionException.class, () -> Evaluator.evalAsync(List.of(queued)).get())
                .getCause());

        Node there = Toys.on(other, new Toy.Totals(), Toys.totals(Toys.counting(stream, 3)));
        Node back = Toys.on(stream, new Toy.Totals(), there);
        RecordingBackend.cutEnding(cut);
        assertSame(cut, assertThrows(StackOverflowError.class, () -> Evaluator.read(back)));
        assertEquals(0, Backlog.evaluations());
        assertArrayEquals(new double[] {1, 3}, Toys.values(Toys.on(other, new Toy.Totals(), Toys.counting(stream, 2))));
    }

    @Test
    void a_failure_that_cannot_be_told_is_the_arrays_own() {
        RuntimeException untold = new ArithmeticException() {
            @Override
            public String toString() {
                throw new StackOverflowError();
            }
        };
        Node here = Toys.totals(Toys.counting(stream, 3));
        RecordingBackend.failAt(1, untold);
        assertSame(untold, assertThrows(ArithmeticException.class, () -> Evaluator.eval(List.of(here))));
        Node queued = Toys.totals(Toys.counting(stream, 3));
        RecordingBackend.failAt(1, untold);
        assertSame(untold, assertThrows(ExecutionException.class, () -> Evaluator.evalAsync(List.of(queued)).get())
                .getCause());
    }

    @Test
    void the_streams_of_a_failure_work_on() {
        RecordingBackend.failAt(1);
        assertThrows(KilnException.class, () -> Toys.values(Toys.neg(Toys.counting(stream, 2))));
        assertArrayEquals(new double[] {-1, -2}, Toys.values(Toys.neg(Toys.counting(stream, 2))));
    }

    @Test
    void no_memory_is_lost_by_failures() {
        Node x = Toys.counting(stream, 1024);
        failing(x, 1);
        long active = Settled.active();
        for (int i = 0; i < 50; i++) {
            failing(x, 1 + i % 3);
        }
        long now = Settled.active();
        assertTrue(now <= active, () -> active + " bytes before, " + now + " after");
        assertArrayEquals(new double[] {1}, new double[] {Toys.values(x)[0]});
    }

    private void failing(Node x, int launch) {
        RecordingBackend.failAt(launch);
        Node out = Toys.totals(Toys.on(other, new Toy.Totals(), Toys.totals(x)));
        assertThrows(KilnException.class, () -> Evaluator.eval(List.of(out)));
    }

    @Test
    void closing_a_stream_fails_what_it_has_not_begun_and_nothing_else() {
        Event gate = new Event();
        other.submitWait(gate);
        Node queued = Toys.on(other, new Toy.Totals(), Toys.counting(other, 3));
        Node after = Toys.on(stream, new Toy.Totals(), queued);
        Node apart = Toys.totals(Toys.counting(stream, 3));
        Toys.start(queued, after, apart);
        other.close();
        gate.complete();
        KilnException failure = assertThrows(KilnException.class, () -> Evaluator.read(queued));
        assertTrue(failure.getMessage().contains("Stream " + other + " was closed before it came to this."),
                failure.getMessage());
        assertSame(failure, assertThrows(KilnException.class, () -> Evaluator.read(after)));
        assertArrayEquals(new double[] {1, 3, 6}, Toys.values(apart));
    }

    @Test
    void a_graph_on_a_closed_stream_is_refused_before_anything_begins() {
        Node x = Toys.totals(Toys.counting(stream, 3));
        Node there = Toys.on(other, new Toy.Totals(), x);
        other.close();
        for (int i = 0; i < 2; i++) {
            String message = assertThrows(IllegalStateException.class, () -> Evaluator.eval(List.of(there)))
                    .getMessage();
            assertTrue(message.startsWith("Stream " + other + " is closed: build the operation on another stream"),
                    message);
        }
        assertThrows(ExecutionException.class, () -> Evaluator.evalAsync(List.of(there)).get());
        assertEquals(new Toy.Totals(), there.primitive());
        assertArrayEquals(new double[] {1, 3, 6}, Toys.values(x));
    }

    @Test
    void values_outlive_their_stream() {
        Node x = Toys.totals(Toys.counting(stream, 3));
        Evaluator.eval(List.of(x));
        stream.close();
        assertArrayEquals(new double[] {1, 3, 6}, Toys.values(x));
        assertArrayEquals(new double[] {1, 4, 10}, Toys.values(Toys.on(other, new Toy.Totals(), x)));
    }

    @Test
    void an_interrupted_reader_is_told_and_the_work_goes_on() throws Exception {
        Event gate = new Event();
        stream.submitWait(gate);
        Node x = Toys.totals(Toys.counting(stream, 3));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                Evaluator.read(x);
            } catch (Throwable e) {
                thrown.set(e);
                interrupted.set(Thread.currentThread().isInterrupted());
            }
        });
        while (reader.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        reader.interrupt();
        reader.join();
        assertInstanceOf(CancellationException.class, thrown.get());
        assertTrue(interrupted.get());
        gate.complete();
        assertArrayEquals(new double[] {1, 3, 6}, Toys.values(x));
    }

    /** The waits between evaluations are seen in the timeline: one for each edge between streams. */
    @Test
    void an_evaluation_waits_once_for_each_other_stream_and_never_for_its_own() {
        Stream third = Toys.stream();
        Event gate = new Event();
        stream.submitWait(gate);
        Node a = Toys.totals(Toys.counting(stream, 3));
        Node b = Toys.totals(Toys.counting(stream, 2));
        Toys.start(a, b);
        try (Trace trace = Trace.start()) {
            Node same = Toys.on(stream, new Toy.Totals(), a);
            Node there = Toys.on(other, new Toy.Totals(), a);
            Node too = Toys.on(other, new Toy.Totals(), b);
            Node apart = Toys.on(third, new Toy.Totals(), Toys.counting(third, 3));
            Toys.start(same, there, too, apart);
            assertArrayEquals(new double[] {1, 3, 6}, Toys.values(apart));
            gate.complete();
            assertArrayEquals(new double[] {1, 4, 10}, Toys.values(same));
            assertArrayEquals(new double[] {1, 4, 10}, Toys.values(there));
            assertArrayEquals(new double[] {1, 4}, Toys.values(too));
            List<Trace.Span> waits = trace.spans().stream().filter(span -> span.kind() == Trace.Kind.WAIT)
                    .filter(span -> List.of(stream, other, third).contains(span.stream()))
                    .filter(span -> span.awaited() != null).toList(); // not that for the gate, which is nobody's
            assertEquals(List.of(other), waits.stream().map(Trace.Span::stream).toList());
            assertEquals(List.of(stream), waits.stream().map(Trace.Span::awaited).toList());
        }
    }

    @Test
    void without_memory_nothing_begins_and_the_nodes_can_be_evaluated_later() {
        Node x = Toys.counting(stream, 1024);
        Node y = Toys.neg(x);
        long limit = Memory.limit(1);
        try {
            String message = assertThrows(IllegalStateException.class, () -> Evaluator.eval(List.of(y))).getMessage();
            assertTrue(message.startsWith("[malloc] Unable to allocate "), message);
        } finally {
            Memory.limit(limit);
        }
        assertEquals(-1024, Toys.values(y)[1023]);
    }
}
