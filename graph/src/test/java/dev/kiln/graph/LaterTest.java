package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device that does later what it is handed: values, order and failures are those of one that does it at once. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LaterTest {

    private final Stream stream = Stream.of(Device.METAL);
    private final Stream other = Stream.of(Device.METAL);
    private final Stream cpu = Toys.stream();

    @AfterEach
    void let_all_launches_run() {
        RecordingBackend.failAt(Integer.MAX_VALUE);
    }

    @Test
    void values_cross_streams_and_devices() {
        Node there = Toys.on(other, new Toy.Totals(), Toys.totals(Toys.counting(stream, 4)));
        Node sum = Toys.on(cpu, new Toy.Totals(), there);
        Node back = Toys.on(stream, new Toy.Totals(), sum);
        assertArrayEquals(new double[] {1, 6, 21, 56}, Toys.values(back));
        assertArrayEquals(new double[] {1, 5, 15, 35}, Toys.values(sum));
    }

    @Test
    void nothing_is_said_to_be_done_while_the_device_has_not_done_it() {
        LaterBackend.holdUp();
        Node x = Toys.totals(Toys.counting(stream, 3));
        CompletableFuture<?> done = Evaluator.evalAsync(List.of(x));
        Thread waiting = Thread.startVirtualThread(stream::synchronize);
        assertInstanceOf(Node.Running.class, x.state());
        assertTrue(waiting.isAlive());
        assertFalse(done.isDone());
        LaterBackend.goOn();
        done.join();
        assertArrayEquals(new double[] {1, 3, 6}, Toys.values(x));
    }

    @Test
    void a_failure_that_is_known_later_reaches_only_what_depends_on_it() {
        Node x = Toys.counting(stream, 4);
        Node bad = Toys.totals(x);
        Node worse = Toys.on(other, new Toy.Totals(), Toys.totals(bad));
        Node good = Toys.totals(Toys.neg(x));
        RecordingBackend.failAt(1);
        KilnException failure = assertThrows(KilnException.class, () -> Evaluator.eval(List.of(bad, worse, good)));
        assertTrue(failure.getMessage().startsWith("[totals] failed on " + stream), failure.getMessage());
        assertSame(failure, assertThrows(KilnException.class, () -> Evaluator.read(bad)));
        assertSame(failure, assertThrows(KilnException.class, () -> Evaluator.read(worse)));
        assertArrayEquals(new double[] {-1, -3, -6, -10}, Toys.values(good));
    }

    @Test
    void a_stream_that_went_on_by_itself_is_told_of_a_failure_in_the_same_evaluation() throws InterruptedException {
        Node bad = Toys.totals(Toys.counting(stream, 4));
        Node worse = Toys.on(other, new Toy.Totals(), bad);
        tellsLast(bad, worse, () -> Toys.start(bad, worse));
    }

    @Test
    void a_stream_that_went_on_by_itself_is_told_of_a_failure_in_another_evaluation() throws InterruptedException {
        Node bad = Toys.totals(Toys.counting(stream, 4));
        Node worse = Toys.on(other, new Toy.Totals(), bad);
        tellsLast(bad, worse, () -> {
            Toys.start(bad);
            Toys.start(worse);
        });
    }

    /** The other stream has done its work before anybody hears how the first one's ended. */
    private void tellsLast(Node bad, Node worse, Runnable start) throws InterruptedException {
        RecordingBackend.failAt(1);
        LaterBackend.keepSilent(stream);
        try {
            start.run();
            other.synchronize();
            LaterBackend.finish(other);
            assertInstanceOf(Node.Running.class, worse.state());
        } finally {
            LaterBackend.tell();
        }
        KilnException failure = assertThrows(KilnException.class, () -> Evaluator.read(bad));
        assertSame(failure, assertThrows(KilnException.class, () -> Evaluator.read(worse)));
    }

    /** The reader would look again and again until the device has ended. */
    @Test
    void who_reads_a_donated_array_that_is_not_there_yet_is_told_at_once_that_it_is_taken() {
        LaterBackend.holdUp();
        Node x = Toys.totals(Toys.counting(stream, 3));
        Toys.start(x);
        x.donate();
        Node taker = Toys.neg(x);
        Toys.start(taker);
        try {
            Throwable told = Evaluator.evalAsync(List.of(Toys.totals(x))).exceptionNow();
            assertTrue(told.getMessage().contains("was donated"), told::toString);
        } finally {
            LaterBackend.goOn();
        }
        assertArrayEquals(new double[] {-1, -3, -6}, Toys.values(taker));
    }

    @Test
    void a_failure_on_the_processor_reaches_what_a_device_makes_of_it_later() {
        Node bad = Toys.on(cpu, new Toy.Faulty(), Toys.counting(stream, 4));
        Node worse = Toys.on(stream, new Toy.Totals(), bad);
        assertThrows(KilnException.class, () -> Evaluator.eval(List.of(bad, worse)));
        assertThrows(KilnException.class, () -> Evaluator.read(bad));
        assertThrows(KilnException.class, () -> Evaluator.read(worse));
    }

    @Test
    void a_failure_reaches_what_was_handed_to_the_device_before_it_was_known() {
        LaterBackend.holdUp();
        Node bad = Toys.totals(Toys.counting(stream, 3));
        Toys.start(bad);
        Node worse = Toys.totals(bad);
        Node good = Toys.totals(Toys.counting(stream, 2));
        Toys.start(worse);
        Toys.start(good);
        RecordingBackend.failAt(1);
        LaterBackend.goOn();
        KilnException failure = assertThrows(KilnException.class, () -> Evaluator.read(worse));
        assertSame(failure, assertThrows(KilnException.class, () -> Evaluator.read(bad)));
        assertArrayEquals(new double[] {1, 3}, Toys.values(good));
    }

    @Test
    void a_schedule_tells_what_runs_on_the_processor_instead() {
        Node x = Toys.on(stream, new Toy.Hopeless(), Toys.neg(Toys.counting(stream, 3)));
        assertEquals(List.of("neg", "hopeless (on the processor)"), Toys.kernels(x));
    }

    /** The slot of the value that is not there becomes that of one that is. */
    @Test
    void a_failure_does_not_reach_what_is_written_over_it() {
        Node x = Toys.counting(stream, 4);
        Node bad = Toys.on(stream, new Toy.Faulty(), Toys.totals(x));
        Node good = Toys.neg(x);
        Node sum = Toys.add(good, bad);
        assertThrows(KilnException.class, () -> Evaluator.eval(List.of(sum, Toys.totals(good))));
        assertArrayEquals(new double[] {-1, -3, -6, -10}, Toys.values(Toys.totals(good)));
        assertThrows(KilnException.class, () -> Evaluator.read(sum));
    }

    @Test
    void a_closed_stream_fails_what_it_comes_to_and_no_memory_is_lost() {
        long active = Settled.active();
        for (int i = 0; i < 20; i++) {
            Stream short_lived = Stream.of(Device.METAL);
            List<Node> nodes = IntStream.range(0, 3).mapToObj(n -> Toys.totals(Toys.counting(short_lived, 100)))
                    .toList();
            nodes.forEach(Toys::start);
            nodes.forEach(node -> Toys.values(node));
            short_lived.close();
            assertThrows(IllegalStateException.class,
                    () -> Evaluator.eval(List.of(Toys.totals(Toys.counting(short_lived, 3)))));
        }
        long now = Settled.active();
        assertTrue(now <= active, () -> active + " bytes before, " + now + " after");
    }
}
