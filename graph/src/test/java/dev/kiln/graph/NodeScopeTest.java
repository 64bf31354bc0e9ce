package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NodeScopeTest {

    private final Stream stream = Toys.stream();

    @AfterEach
    void let_all_launches_run() {
        RecordingBackend.failAt(Integer.MAX_VALUE);
    }

    private static void assertReleased(Node node) {
        for (int i = 0; i < 2; i++) {
            String message = assertThrows(IllegalStateException.class, () -> Evaluator.read(node)).getMessage();
            assertTrue(message.startsWith("This array " + node.spec() + " was released when its scope was closed"),
                    message);
            assertTrue(message.endsWith("Scope.keep(array) moves an array out of its scope."), message);
        }
    }

    @Test
    void bytes_come_back_at_the_brace_without_a_collection() {
        Node x = Toys.counting(stream, 1000);
        Evaluator.eval(List.of(Toys.totals(x)));
        long active = Settled.active();
        for (int i = 0; i < 100; i++) {
            try (NodeScope scope = NodeScope.open()) {
                Node y = Toys.totals(Toys.counting(stream, 1000));
                Node z = Toys.totals(y);
                Evaluator.eval(List.of(z));
                Evaluator.eval(List.of(y));
                assertEquals(active + 3 * 8192, Memory.active());
            }
            assertEquals(active, Memory.active());
        }
        assertEquals(1, Toys.values(x)[0]);
    }

    @Test
    void what_is_kept_outlives_the_scope_and_belongs_to_the_outer_one() {
        Node inner;
        Node outer;
        try (NodeScope outside = NodeScope.open()) {
            try (NodeScope scope = NodeScope.open()) {
                inner = Toys.totals(Toys.counting(stream, 3));
                outer = Toys.totals(inner);
                Evaluator.eval(List.of(outer));
                scope.keep(outer);
            }
            assertReleased(inner);
            assertArrayEquals(new double[] {1, 4, 10}, Toys.values(outer));
        }
        assertReleased(outer);
    }

    @Test
    void a_kept_view_keeps_the_memory_it_shares() {
        long active = Settled.active();
        Node view;
        try (NodeScope scope = NodeScope.open()) {
            Node x = Toys.totals(Toys.counting(stream, 3));
            view = Toys.reverse(x);
            Evaluator.eval(List.of(x, view));
            scope.keep(view);
        }
        assertTrue(Memory.active() > active);
        assertArrayEquals(new double[] {6, 3, 1}, Toys.values(view));
        view.release();
        assertEquals(active, Memory.active());
    }

    @Test
    void what_was_never_evaluated_is_released_too() {
        Node lazy;
        try (NodeScope scope = NodeScope.open()) {
            lazy = Toys.totals(Toys.counting(stream, 3));
        }
        assertReleased(lazy);
        assertThrows(IllegalStateException.class, () -> Evaluator.eval(List.of(Toys.neg(lazy))));
        assertThrows(ExecutionException.class, () -> Evaluator.evalAsync(List.of(lazy)).get());
    }

    @Test
    void running_work_ends_before_its_memory_goes() {
        long active = Settled.active();
        Event gate = new Event();
        stream.submitWait(gate);
        Node running;
        try (NodeScope scope = NodeScope.open()) {
            running = Toys.totals(Toys.totals(Toys.counting(stream, 1000)));
            Toys.start(running);
        }
        assertTrue(Memory.active() > active);
        assertReleasedAfter(gate, running);
        stream.synchronize();
        assertEquals(active, Memory.active());
    }

    @Test
    void work_under_way_that_reads_a_released_value_gets_it() throws Exception {
        Event gate = new Event();
        stream.submitWait(gate);
        Node[] built = new Node[2];
        try (NodeScope scope = NodeScope.open()) {
            Node value = Toys.totals(Toys.counting(stream, 4));
            Toys.start(value);
            buildOn(value, built);
        }
        gate.complete();
        assertArrayEquals(new double[] {1, 4, 10, 20}, Toys.values(built[0]));
        assertArrayEquals(new double[] {1, 4, 10, 20}, Toys.values(built[1]));
    }

    @Test
    void work_under_way_that_reads_a_released_value_fails_if_that_failed() throws Exception {
        Event gate = new Event();
        stream.submitWait(gate);
        RecordingBackend.failAt(1);
        Node[] built = new Node[2];
        try (NodeScope scope = NodeScope.open()) {
            Node value = Toys.totals(Toys.counting(stream, 4));
            Toys.start(value);
            buildOn(value, built);
        }
        gate.complete();
        KilnException first = assertThrows(KilnException.class, () -> Evaluator.read(built[0]));
        assertSame(first, assertThrows(KilnException.class, () -> Evaluator.read(built[1])));
    }

    /** Starts two evaluations that read {@code value}, on its stream and on another, from a thread without a scope. */
    private static void buildOn(Node value, Node[] built) throws InterruptedException {
        Thread.ofPlatform().start(() -> {
            built[0] = Toys.totals(value);
            built[1] = Toys.on(Toys.stream(), new Toy.Totals(), value);
            Toys.start(built[0]);
            Toys.start(built[1]);
        }).join();
    }

    private static void assertReleasedAfter(Event gate, Node node) {
        gate.complete();
        assertReleased(node);
    }

    @Test
    void whoever_waits_for_a_value_that_is_released_is_told() throws Exception {
        Event gate = new Event();
        stream.submitWait(gate);
        Future<Void> waiting;
        try (NodeScope scope = NodeScope.open()) {
            waiting = Evaluator.evalAsync(List.of(Toys.totals(Toys.counting(stream, 4))));
        }
        gate.complete();
        assertTrue(assertThrows(ExecutionException.class, waiting::get).getCause().getMessage().contains("released"));
    }

    @Test
    void a_segment_keeps_the_memory_it_shows() {
        MemorySegment segment;
        try (NodeScope scope = NodeScope.open()) {
            Node x = Toys.totals(Toys.counting(stream, 3));
            Storage.Held value = (Storage.Held) Evaluator.read(x);
            segment = value.buffer().asSegment(0, 24);
            value.drop();
        }
        Node other = Toys.totals(Toys.counting(stream, 3, 3));
        Evaluator.eval(List.of(other));
        assertEquals(6, segment.getAtIndex(ValueLayout.JAVA_DOUBLE, 2));
    }

    @Test
    void what_others_made_before_is_not_touched() {
        Node x = Toys.totals(Toys.counting(stream, 3));
        try (NodeScope scope = NodeScope.open()) {
            Evaluator.eval(List.of(Toys.totals(x)));
            Evaluator.eval(List.of(x));
        }
        assertArrayEquals(new double[] {1, 3, 6}, Toys.values(x));
    }

    @Test
    void plans_made_in_a_scope_serve_after_it() {
        for (int i = 0; i < 3; i++) {
            try (NodeScope scope = NodeScope.open()) { // the decomposition brings numbers of its own into the plan
                Node mirrored = Toys.on(stream, new Toy.Mirrored(), Toys.vector(stream, 1, 2, 5, 8, 9, 11, 12));
                assertArrayEquals(new double[] {1, -1, -7, -13, -15, -19, -21}, Toys.values(mirrored));
            }
        }
    }

    @Test
    void what_a_tape_remembers_goes_to_the_outer_scope_with_what_it_is_computed_from() {
        Node traced;
        Node read;
        Node other;
        try (NodeScope outside = NodeScope.open()) {
            try (Tape tape = new Tape()) {
                Node x = tape.tracer(new Toy.Reshape(Shape.shape(3)), Toys.counting(stream, 3), stream);
                try (NodeScope scope = NodeScope.open()) {
                    Node base = Toys.counting(stream, 3);
                    read = Toys.neg(base);
                    traced = Toys.mul(x, read);
                    other = Toys.totals(base);
                    Evaluator.eval(List.of(traced, other));
                }
                assertReleased(other);
                assertArrayEquals(new double[] {-1, -2, -3}, Toys.values(read));
                assertArrayEquals(new double[] {-1, -4, -9}, Toys.values(traced));
            }
        }
        assertReleased(read);
        assertReleased(traced);
    }

    @Test
    void a_failure_stays_a_failure() {
        RecordingBackend.failAt(1);
        Node bad;
        KilnException first;
        try (NodeScope scope = NodeScope.open()) {
            bad = Toys.totals(Toys.counting(stream, 3));
            Node failing = bad;
            first = assertThrows(KilnException.class, () -> Evaluator.eval(List.of(failing)));
        }
        assertSame(first, assertThrows(KilnException.class, () -> Evaluator.read(bad)));
    }

    @Test
    void shape_and_dtype_can_be_asked_of_what_was_released() {
        Node x;
        try (NodeScope scope = NodeScope.open()) {
            x = Toys.counting(stream, 2, 3);
        }
        assertEquals(Shape.shape(2, 3), x.shape());
        assertEquals(DType.FLOAT64, x.dtype());
        assertFalse(x.isReady());
    }

    @Test
    void scopes_close_in_reverse_order_on_their_thread() throws Exception {
        NodeScope outer = NodeScope.open();
        NodeScope inner = NodeScope.open();
        String order = assertThrows(IllegalStateException.class, outer::close).getMessage();
        assertTrue(order.startsWith("A scope that was opened later is still open"), order);
        Thread other = Thread.ofVirtual().unstarted(() -> assertThrows(IllegalStateException.class, inner::close));
        other.start();
        other.join();
        inner.close();
        inner.close();
        outer.close();
        Node x = Toys.counting(stream, 1);
        String closed = assertThrows(IllegalStateException.class, () -> outer.keep(x)).getMessage();
        assertEquals("This scope is closed: keep arrays before the brace.", closed);
    }

    @Test
    void threads_without_a_name_are_told_by_number() throws Exception {
        String[] told = new String[1];
        try (NodeScope scope = NodeScope.open()) {
            Thread other = Thread.ofVirtual().unstarted(
                    () -> told[0] = assertThrows(IllegalStateException.class, scope::close).getMessage());
            other.start();
            other.join();
            assertEquals("A scope belongs to the thread that opened it, " + Thread.currentThread().getName()
                    + ", but this is thread " + other.threadId() + ".", told[0]);
        }
    }

    @Test
    void other_threads_build_outside_of_the_scope() throws Exception {
        Node[] built = new Node[1];
        try (NodeScope scope = NodeScope.open()) {
            Thread.ofPlatform().start(() -> built[0] = Toys.totals(Toys.counting(stream, 3))).join();
        }
        assertArrayEquals(new double[] {1, 3, 6}, Toys.values(built[0]));
    }
}
