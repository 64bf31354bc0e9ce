package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What evaluations that build on others append to their streams, which are all held up meanwhile: an evaluation without a
 * wait appends its kernels and its end, and each wait is one more task and one more batch of kernels behind it.
 */
@Timeout(60)
class EdgesTest {

    private static final int KERNELS_AND_END = 2;

    private final Stream a = Toys.stream();
    private final Stream b = Toys.stream();
    private final Event gate = new Event();

    @BeforeEach
    @Timeout(60)
    void hold_the_streams_up() throws InterruptedException {
        for (Stream stream : new Stream[] {a, b}) {
            stream.submitWait(gate);
            while (queued(stream).isEmpty()) {
                Thread.sleep(1);
            }
        }
    }

    /** How many tasks are behind the gate; empty if the stream has not come to the gate yet. */
    private static Optional<Integer> queued(Stream stream) {
        return Stream.report().lines()
                .filter(line -> line.startsWith(stream + ": ") && line.contains("waits for an event"))
                .map(line -> Integer.valueOf(line.substring(line.indexOf(": ") + 2, line.indexOf(" queued"))))
                .findFirst();
    }

    private void assertAppended(int toA, int toB) {
        assertEquals(Optional.of(toA), queued(a));
        assertEquals(Optional.of(toB), queued(b));
    }

    private static Node totals(Stream stream, Node x) {
        return Toys.on(stream, new Toy.Totals(), x);
    }

    @Test
    void a_chain_that_stays_on_its_stream_waits_for_nothing_however_often_it_is_evaluated() {
        Node x = Toys.counting(a, 3);
        for (int evaluations = 1; evaluations <= 3; evaluations++) {
            x = totals(a, x);
            assertEquals(0, Toys.schedule(x).events());
            Toys.start(x);
            assertAppended(evaluations * KERNELS_AND_END, 0);
        }
        gate.complete();
        assertArrayEquals(new double[] {1, 5, 15}, Toys.values(x));
    }

    @Test
    void an_edge_between_evaluations_is_one_wait() {
        Node x = totals(a, Toys.counting(a, 3));
        Toys.start(x);
        Node y = totals(b, x);
        assertEquals(0, Toys.schedule(y).events());
        Toys.start(y);
        assertAppended(KERNELS_AND_END, 1 + KERNELS_AND_END);
        gate.complete();
        assertArrayEquals(new double[] {1, 4, 10}, Toys.values(y));
    }

    @Test
    void several_values_of_one_evaluation_are_waited_for_once() {
        Node x = totals(a, Toys.counting(a, 3));
        Node y = totals(a, Toys.neg(totals(a, x)));
        Toys.start(x, y);
        Node z = Toys.on(b, new Toy.Pointwise(Toy.Op.ADD), totals(b, y), totals(b, x));
        Toys.start(z);
        assertAppended(KERNELS_AND_END, 1 + KERNELS_AND_END);
        gate.complete();
        assertArrayEquals(new double[] {0, -2, -11}, Toys.values(z));
    }

    @Test
    void a_stream_that_does_not_read_what_is_computed_elsewhere_does_not_wait_for_it() {
        Node x = totals(a, Toys.counting(a, 3));
        Toys.start(x);
        Node onward = totals(a, x);
        Node beside = totals(b, Toys.counting(b, 3));
        Toys.start(onward, beside);
        assertAppended(2 * KERNELS_AND_END, KERNELS_AND_END);
        gate.complete();
        assertArrayEquals(new double[] {1, 3, 6}, Toys.values(beside));
    }

    @Test
    void an_edge_within_an_evaluation_is_one_event_and_one_wait() {
        Node x = totals(a, Toys.counting(a, 3));
        Node y = Toys.on(b, new Toy.Pointwise(Toy.Op.ADD), totals(b, x), totals(b, Toys.on(b, new Toy.Reverse(), x)));
        assertEquals(1, Toys.schedule(y).events());
        Toys.start(y);
        assertAppended(KERNELS_AND_END, 1 + KERNELS_AND_END);
        gate.complete();
        assertArrayEquals(new double[] {7, 13, 20}, Toys.values(y));
    }
}
