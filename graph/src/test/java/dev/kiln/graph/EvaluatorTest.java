package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EvaluatorTest {

    private final Stream stream = Toys.stream();

    @Test
    void building_computes_nothing() {
        RecordingBackend.clear();
        long active = Settled.active();
        Node x = Toys.counting(stream, 4);
        long leaf = Memory.active();
        Toys.totals(Toys.neg(x));
        assertEquals(List.of(), RecordingBackend.launches());
        assertEquals(leaf, Memory.active());
        assertTrue(leaf > active);
    }

    @Test
    void evaluating_twice_is_free() {
        Node x = Toys.totals(Toys.counting(stream, 4));
        Evaluator.eval(List.of(x));
        RecordingBackend.clear();
        Evaluator.eval(List.of(x, x));
        assertArrayEquals(new double[] {1, 3, 6, 10}, Toys.values(x));
        assertEquals(List.of(), RecordingBackend.launches());
        assertTrue(Evaluator.schedule(List.of(x)).isEmpty());
    }

    @Test
    void an_evaluated_node_is_a_leaf_and_has_dropped_its_inputs() {
        Node x = Toys.totals(Toys.counting(stream, 4));
        Node y = Toys.totals(x);
        Evaluator.eval(List.of(x));
        assertTrue(x.isReady());
        assertNull(x.primitive());
        assertEquals(List.of(), x.inputs());
        assertEquals(List.of("totals"), Toys.kernels(y));
        assertFalse(y.isReady());
    }

    @Test
    void small_work_on_an_idle_stream_runs_on_the_calling_thread_even_with_leaves_of_others() {
        Node x = Toys.counting(Toys.stream(), 4);
        Node y = Toys.on(stream, new Toy.Totals(), x);
        Event never = new Event();
        x.stream().submitWait(never);
        assertArrayEquals(new double[] {1, 3, 6, 10}, Toys.values(y));
        never.complete();
    }

    @Test
    void a_number_that_is_asked_for_is_there() {
        Node number = Toys.scalar(4);
        assertArrayEquals(new double[] {4, 4, 4}, Toys.values(Toys.broadcast(number, Shape.shape(3))));
        assertArrayEquals(new double[] {4}, Toys.values(number));
        assertArrayEquals(new double[] {4}, Toys.values(Toys.neg(Toys.neg(number))));
    }

    @Test
    void one_node_may_be_asked_for_twice_and_seen_through_views() {
        Node x = Toys.totals(Toys.counting(stream, 2, 2));
        Node view = Toys.transpose(x);
        Evaluator.eval(List.of(x, view, x));
        assertArrayEquals(new double[] {1, 3, 6, 10}, Toys.values(x));
        assertArrayEquals(new double[] {1, 6, 3, 10}, Toys.values(view));
    }

    @Test
    void an_intermediate_that_a_second_evaluation_reaches_is_kept() {
        Node x = Toys.totals(Toys.counting(stream, 4));
        Evaluator.eval(List.of(Toys.totals(x)));
        assertFalse(x.isReady());
        Evaluator.eval(List.of(Toys.neg(x)));
        assertTrue(x.isReady());
    }

    @Test
    void an_intermediate_that_others_build_on_is_kept_at_once() {
        Node x = Toys.totals(Toys.counting(stream, 4));
        Node later = Toys.neg(x);
        Evaluator.eval(List.of(Toys.totals(x)));
        assertTrue(x.isReady());
        assertEquals(List.of("neg"), Toys.kernels(later));
    }

    /** A key/value cache that grows by an operation at each step and is never evaluated by itself. */
    @Test
    void a_decoding_loop_has_a_flat_schedule() {
        Node cache = Toys.counting(stream, 16);
        Set<Integer> launches = new HashSet<>();
        int compiled = 0;
        for (int step = 0; step < 200; step++) {
            cache = Toys.totals(Toys.half(cache));
            Node logits = Toys.neg(Toys.totals(cache));
            Schedule schedule = Toys.schedule(logits);
            if (step > 1) {
                launches.add(schedule.launches().size());
            }
            if (step == 3) {
                compiled = RecordingBackend.compiled();
            }
            Evaluator.eval(List.of(logits));
        }
        assertEquals(1, launches.size(), launches::toString);
        assertTrue(launches.iterator().next() <= 6, launches::toString);
        assertEquals(compiled, RecordingBackend.compiled());
    }

    /** Drops 130 MB in all; nobody asks the collector to run but the allocator, and that only when memory grows. */
    @Test
    void a_loop_of_temporaries_has_flat_memory() {
        Node x = Toys.leaf(stream, Shape.shape(1 << 14), new double[1 << 14]);
        long limit = Memory.limit(Memory.active() + (8L << 20));
        try {
            Memory.resetPeak();
            long active = Memory.active();
            for (int i = 0; i < 1000; i++) {
                Evaluator.eval(List.of(Toys.sum(Toys.totals(Toys.totals(x)), false, 0)));
            }
            assertTrue(Memory.peak() - active <= 1L << 19, () -> Memory.peak() - active + " bytes more at the most");
            for (int i = 0; i < 1000; i++) {
                x = Toys.totals(x);
                Evaluator.eval(List.of(x));
            }
            assertTrue(Memory.peak() - active <= 8L << 20);
        } finally {
            Memory.limit(limit);
        }
    }

    @Test
    void each_of_hundreds_of_streams_does_its_own_part_when_it_may() {
        List<Node> totals = new ArrayList<>(List.of(Toys.totals(Toys.counting(stream, 1))));
        for (int i = 0; i < 300; i++) {
            Stream next = Toys.stream();
            Node part = Toys.on(next, new Toy.Totals(), Toys.counting(next, 1));
            totals.add(Toys.on(next, new Toy.Pointwise(Toy.Op.ADD), part, totals.getLast()));
        }
        Evaluator.eval(totals);
        for (int i = 0; i < totals.size(); i++) {
            assertArrayEquals(new double[] {i + 1}, Toys.values(totals.get(i)));
        }
    }

    @Test
    void two_streams_make_a_diamond() {
        Stream other = Toys.stream();
        for (int round = 0; round < 300; round++) {
            Node top = Toys.totals(Toys.counting(stream, 8));
            Node left = Toys.on(stream, new Toy.Totals(), top);
            Node right = Toys.on(other, new Toy.Totals(), Toys.on(other, new Toy.Pointwise(Toy.Op.NEG), top));
            Node bottom = Toys.on(round % 2 == 0 ? stream : other, new Toy.Pointwise(Toy.Op.ADD), left, right);
            assertArrayEquals(new double[8], Toys.values(bottom));
        }
    }

    @Test
    void what_runs_can_be_built_on() {
        Event gate = new Event();
        stream.submitWait(gate);
        Node slow = Toys.totals(Toys.counting(stream, 3));
        Toys.start(slow);
        assertFalse(slow.isReady());
        List<Node> later = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            later.add(Toys.on(i % 2 == 0 ? stream : Toys.stream(), new Toy.Totals(), slow));
        }
        later.forEach(node -> Toys.start(node));
        gate.complete();
        later.forEach(node -> assertArrayEquals(new double[] {1, 4, 10}, Toys.values(node)));
        assertSame(stream, slow.stream());
    }
}
