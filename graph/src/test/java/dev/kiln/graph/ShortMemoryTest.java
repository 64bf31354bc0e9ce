package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens, and in which order, when the limit does not allow an allocation. */
@Timeout(60)
class ShortMemoryTest {

    private static final int LENGTH = 1 << 14;
    private static final long BYTES = 8L * LENGTH;

    private final Stream stream = Toys.stream();
    private long limit;

    @BeforeEach
    void count_from_here() {
        Settled.active();
        limit = Memory.limit();
    }

    @AfterEach
    void restore() {
        Memory.limit(limit);
        CreationSite.capture(false);
    }

    private Node large() {
        return Toys.leaf(stream, Shape.shape(LENGTH), new double[LENGTH]);
    }

    @Test
    void kept_blocks_are_given_up_first() {
        Memory.clearCache();
        long small = Memory.cached();
        Memory.take(64 * BYTES).release();
        Block held = Memory.take(2 * BYTES);
        Memory.limit(Memory.active() + BYTES);
        assertEquals(small + 64 * BYTES, Memory.cached());
        assertThrows(IllegalStateException.class, () -> Memory.take(2 * BYTES));
        assertEquals(small, Memory.cached());
        held.release();
    }

    @Test
    void an_intermediate_that_can_be_computed_again_is_dropped_and_computed_again() {
        Node x = large();
        Node intermediate = Toys.totals(x);
        Node later = Toys.neg(intermediate);
        Evaluator.eval(List.of(Toys.totals(intermediate)));
        assertTrue(intermediate.isReady());
        Settled.active();
        Memory.limit(Memory.active() + BYTES / 2);
        Block taken = Memory.take(BYTES);
        assertFalse(intermediate.isReady());
        assertEquals(new Toy.Totals(), intermediate.primitive());
        taken.release();
        Memory.limit(limit);
        assertEquals(-0.0, Toys.values(later)[LENGTH - 1]);
        assertTrue(intermediate.isReady());
    }

    @Test
    void what_was_asked_for_is_not_dropped() {
        Node x = large();
        Node result = Toys.totals(x);
        Evaluator.eval(List.of(result));
        Memory.limit(Memory.active() + BYTES / 2);
        assertThrows(IllegalStateException.class, () -> Memory.take(BYTES));
        assertTrue(result.isReady());
    }

    @Test
    void an_intermediate_whose_input_is_gone_stays() {
        Node intermediate = Toys.totals(Toys.totals(large()));
        Node later = Toys.neg(intermediate);
        Evaluator.eval(List.of(Toys.totals(intermediate)));
        Settled.active();
        Memory.limit(Memory.active() + BYTES / 2);
        assertThrows(IllegalStateException.class, () -> Memory.take(BYTES));
        Memory.limit(limit);
        assertTrue(intermediate.isReady());
        assertEquals(-0.0, Toys.values(later)[1]);
    }

    @Test
    void an_intermediate_whose_stream_is_closed_stays() {
        Stream closing = Toys.stream();
        Node x = large();
        Node intermediate = Toys.on(closing, new Toy.Totals(), x);
        Node later = Toys.on(stream, new Toy.Pointwise(Toy.Op.NEG), intermediate);
        Evaluator.eval(List.of(Toys.totals(intermediate)));
        assertTrue(intermediate.isReady());
        closing.close();
        Settled.active();
        Memory.limit(Memory.active() + BYTES / 2);
        assertThrows(IllegalStateException.class, () -> Memory.take(BYTES));
        Memory.limit(limit);
        assertTrue(intermediate.isReady());
        assertEquals(-0.0, Toys.values(later)[1]);
        assertTrue(x.isReady());
    }

    @Test
    void running_work_is_waited_for() throws Exception {
        Event gate = new Event();
        stream.submitWait(gate);
        Node running = Toys.sum(Toys.totals(Toys.totals(Toys.totals(large()))), false, 0);
        Toys.start(running);
        Memory.limit(Memory.active() + BYTES / 2);
        Thread taker = Thread.ofPlatform().start(() -> Memory.take(BYTES).release());
        while (taker.getState() != Thread.State.WAITING) {
            assertTrue(taker.isAlive(), "it has not waited");
            Thread.onSpinWait();
        }
        assertFalse(running.isReady());
        gate.complete();
        taker.join();
        assertTrue(running.isReady());
    }

    /** Each takes its workspace and then its result: with a part of both no other could go on. */
    @Test
    void of_evaluations_that_fit_one_at_a_time_none_is_refused_and_the_limit_is_kept() throws Exception {
        int threads = 4;
        Node x = large();
        Settled.active();
        long bound = Memory.active() + 4 * BYTES; // one takes two for its chain and one for its result
        Memory.limit(bound);
        Memory.resetPeak();
        Queue<Throwable> refused = new ConcurrentLinkedQueue<>();
        AtomicInteger evaluated = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Stream own = Toys.stream();
            callers.add(Thread.ofPlatform().start(() -> {
                try {
                    for (int k = 0; k < 25; k++) {
                        try (NodeScope scope = NodeScope.open()) {
                            Node first = Toys.on(own, new Toy.Totals(), x);
                            Evaluator.eval(List.of(Toys.totals(Toys.totals(Toys.totals(first)))));
                            evaluated.incrementAndGet();
                        }
                    }
                } catch (RuntimeException | Error e) {
                    refused.add(e);
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertEquals(List.of(), List.copyOf(refused));
        assertEquals(25 * threads, evaluated.get());
        assertTrue(Memory.peak() <= bound, () -> Memory.peak() + " bytes of " + bound);
    }

    @Test
    void what_was_reserved_for_a_refused_evaluation_is_free_again() {
        Node x = large();
        Settled.active();
        long active = Memory.active();
        Memory.limit(active + 2 * BYTES);
        Node refused = Toys.totals(Toys.totals(Toys.totals(Toys.totals(x))));
        assertThrows(IllegalStateException.class, () -> Evaluator.eval(List.of(refused)));
        assertEquals(active, Memory.active());
        assertEquals(0, Backlog.running());
        Block taken = Memory.take(2 * BYTES);
        taken.release();
        assertEquals(0, Toys.values(Toys.totals(x))[1]);
    }

    @Test
    void dropped_arrays_are_collected_last() {
        long base = Memory.active();
        Memory.limit(base + 4 * BYTES);
        for (int i = 0; i < 40; i++) {
            Evaluator.eval(List.of(Toys.totals(large())));
        }
        assertTrue(Memory.active() <= base + 4 * BYTES);
    }

    @Test
    void the_error_names_the_request_and_the_largest_holders() {
        CreationSite.capture(true);
        List<Node> held = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            held.add(Toys.totals(large()));
        }
        Evaluator.eval(held);
        Settled.active();
        Memory.limit(Memory.active() + BYTES / 2);
        Node refused = Toys.totals(held.getFirst());
        String message = assertThrows(IllegalStateException.class, () -> Evaluator.eval(List.of(refused))).getMessage();
        assertTrue(message
                .startsWith("[malloc] Unable to allocate " + (BYTES + 64)
                        + " bytes for the results and intermediates of [totals] float64(16384) on "
                        + stream + " built at "),
                message);
        assertTrue(message.contains(": the limit is " + Memory.limit() + " bytes, "), message);
        assertTrue(message.contains("The largest arrays: "), message);
        assertTrue(message.contains("3 × float64(16384) from totals at "), message);
        assertTrue(message.contains(": " + 3 * BYTES + " bytes"), message);
        assertTrue(message.endsWith("Drop arrays, evaluate in smaller parts, or raise Memory.limit."), message);
        Memory.limit(limit);
        assertEquals(0, Toys.values(refused)[0]);
    }
}
