package dev.kiln.backends.metal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.streams.Event;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queues that wait for each other and for the processor. */
@Timeout(120)
class QueueTest {

    private static final long MOMENT_MILLIS = 100;

    private final Arena arena = Arena.ofShared();
    private final MetalDevice device = device();
    private final Queue first = device.newQueue("first");
    private final Queue second = device.newQueue("second");
    private final MemorySegment a = arena.allocate(Calls.PAGE, Calls.PAGE);
    private final MemorySegment b = arena.allocate(Calls.PAGE, Calls.PAGE);
    private final MemorySegment c = arena.allocate(Calls.PAGE, Calls.PAGE);
    private final MtlPipeline half = device.pipelines().of(Calls.HALF, "half_of");

    private static MetalDevice device() {
        StandIn.start();
        return MetalDevice.get();
    }

    @AfterEach
    void end() throws InterruptedException {
        await(done(first));
        await(done(second));
        first.close();
        second.close();
        arena.close();
    }

    /** Writes the half of one array, plus one, to the other. */
    private void halve(Queue queue, MemorySegment from, MemorySegment to) {
        Range one = new Range(0, Float.BYTES, Float.BYTES);
        MetalKernel kernel = (batch, addresses, failed) -> batch.dispatch(Dispatch.each(half, List.of(one, one), 1,
                Dispatch.numbers(false, 1), 1), addresses);
        queue.encode(kernel, new long[] {from.address(), to.address()}, thrown -> {
            throw new AssertionError(thrown);
        });
    }

    private static CountDownLatch done(Queue queue) {
        CountDownLatch done = new CountDownLatch(1);
        queue.whenDone(done::countDown);
        return done;
    }

    private static void await(CountDownLatch done) throws InterruptedException {
        assertTrue(done.await(30, TimeUnit.SECONDS), "done after a while");
    }

    @Test
    void a_queue_lets_another_go_on_without_a_word_of_the_processor() throws InterruptedException {
        Event event = new Event();
        a.set(ValueLayout.JAVA_FLOAT, 0, 10);
        second.await(event);
        halve(second, b, c);
        CountDownLatch secondDone = done(second);
        assertFalse(secondDone.await(MOMENT_MILLIS, TimeUnit.MILLISECONDS), "the second is before the first");
        halve(first, a, b);
        first.signal(event);
        await(done(first));
        await(secondDone);
        assertFalse(event.isDone());
        assertEquals(4, c.get(ValueLayout.JAVA_FLOAT, 0), "half of half of 10 plus 1, plus 1");
        event.complete();
    }

    @Test
    void a_queue_waits_for_the_processor() throws InterruptedException {
        Event event = new Event();
        second.await(event);
        halve(second, b, c);
        CountDownLatch secondDone = done(second);
        assertFalse(secondDone.await(MOMENT_MILLIS, TimeUnit.MILLISECONDS), "the second is before the processor");
        b.set(ValueLayout.JAVA_FLOAT, 0, 20);
        event.complete();
        await(secondDone);
        assertEquals(11, c.get(ValueLayout.JAVA_FLOAT, 0));
    }

    @Test
    void a_failure_of_what_is_awaited_ends_the_waiting_too() throws InterruptedException {
        Event event = new Event();
        second.await(event);
        CountDownLatch secondDone = done(second);
        assertFalse(secondDone.await(MOMENT_MILLIS, TimeUnit.MILLISECONDS), "a queue without kernels waits as well");
        event.fail(new IllegalStateException("as a test"));
        await(secondDone);
    }

    @Test
    void what_was_added_before_does_not_wait() throws InterruptedException {
        Event event = new Event();
        a.set(ValueLayout.JAVA_FLOAT, 0, 10);
        halve(first, a, b);
        CountDownLatch before = done(first);
        first.await(event);
        halve(first, b, c);
        await(before);
        assertEquals(6, b.get(ValueLayout.JAVA_FLOAT, 0));
        assertEquals(0, c.get(ValueLayout.JAVA_FLOAT, 0));
        event.complete();
    }

    @Test
    void shared_events_are_used_again() throws InterruptedException {
        int before = device.events().count();
        for (int i = 0; i < 50; i++) {
            Event event = new Event();
            second.await(event);
            CountDownLatch secondDone = done(second);
            halve(first, a, b);
            first.signal(event);
            await(done(first));
            event.complete();
            await(secondDone);
        }
        assertTrue(device.events().count() <= before + 3, "made: " + (device.events().count() - before));
    }
}
