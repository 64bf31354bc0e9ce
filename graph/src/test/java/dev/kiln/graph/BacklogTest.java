package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BacklogTest {

    private final Stream stream = Toys.stream();
    private final Event gate = new Event();
    private final int limit = Backlog.limit(3);
    private final long byteLimit = Backlog.byteLimit(1L << 40);

    BacklogTest() {
        stream.submitWait(gate);
    }

    @AfterEach
    void restore() {
        gate.complete();
        stream.synchronize();
        Backlog.limit(limit);
        Backlog.byteLimit(byteLimit);
    }

    private CompletableFuture<Void> startOne() {
        return Evaluator.evalAsync(List.of(Toys.totals(Toys.counting(stream, 1000))));
    }

    @Test
    void a_caller_of_one_too_many_waits_until_one_has_ended_and_the_timeline_shows_it() throws Exception {
        try (Trace trace = Trace.start()) {
            AtomicInteger started = new AtomicInteger();
            CountDownLatch third = new CountDownLatch(3);
            Thread caller = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 10; i++) {
                    startOne();
                    started.incrementAndGet();
                    third.countDown();
                }
            });
            third.await();
            while (caller.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            assertEquals(3, started.get());
            assertEquals(3, Backlog.evaluations());
            assertTrue(Backlog.bytes() >= 3 * 8000, () -> Backlog.bytes() + " bytes");
            gate.complete();
            caller.join();
            stream.synchronize();
            assertEquals(10, started.get());
            List<Trace.Span> held = trace.spans().stream()
                    .filter(span -> span.kind() == Trace.Kind.BACK_PRESSURE).toList();
            assertFalse(held.isEmpty());
            assertTrue(held.getFirst().name().startsWith("3 evaluations with "), held.getFirst().name());
        }
        assertEquals(0, Backlog.evaluations());
        assertEquals(0, Backlog.bytes());
    }

    @Test
    void bytes_hold_callers_back_too_but_never_the_only_one() throws Exception {
        Backlog.byteLimit(1);
        CompletableFuture<Void> first = startOne();
        Thread second = Thread.ofPlatform().start(this::startOne);
        while (second.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertEquals(1, Backlog.evaluations());
        Backlog.byteLimit(1L << 40);
        second.join();
        assertEquals(2, Backlog.evaluations());
        gate.complete();
        first.get();
    }

    @Test
    void an_interrupted_caller_has_started_nothing() throws Exception {
        List<CompletableFuture<Void>> queued = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            queued.add(startOne());
        }
        Node node = Toys.totals(Toys.counting(stream, 4));
        AtomicReference<CompletableFuture<Void>> refused = new AtomicReference<>();
        Thread caller = Thread.ofPlatform().start(() -> refused.set(Evaluator.evalAsync(List.of(node))));
        while (caller.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        caller.interrupt();
        caller.join();
        Throwable cause = refused.get().handle((nothing, failure) -> failure).join();
        assertInstanceOf(CancellationException.class, cause);
        assertTrue(cause.getMessage().contains("nothing was started"), cause.getMessage());
        assertEquals(new Toy.Totals(), node.primitive());
        gate.complete();
        for (CompletableFuture<Void> one : queued) {
            one.get();
        }
        assertEquals(10, Toys.values(node)[3]);
    }

    @Test
    void whoever_waits_for_the_value_is_not_held_back() {
        for (int i = 0; i < 3; i++) {
            startOne();
        }
        Stream other = Toys.stream();
        assertEquals(6, Toys.values(Toys.totals(Toys.counting(other, 3)))[2]);
    }

    @Test
    void evaluations_that_fail_make_room_as_well() throws Exception {
        Backlog.limit(1);
        for (int i = 0; i < 5; i++) {
            Stream other = Toys.stream();
            RecordingBackend.failAt(1);
            CompletableFuture<Void> failed = Evaluator.evalAsync(List.of(Toys.totals(Toys.counting(other, 3))));
            assertInstanceOf(KilnException.class, assertThrows(ExecutionException.class, failed::get).getCause());
        }
    }

    @Test
    void there_is_room_for_one_at_least() {
        assertEquals("At least one evaluation must be let through, but got 0.",
                assertThrows(IllegalArgumentException.class, () -> Backlog.limit(0)).getMessage());
    }
}
