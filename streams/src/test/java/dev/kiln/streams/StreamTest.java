package dev.kiln.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StreamTest {

    @Test
    void work_on_one_stream_runs_in_order() {
        Stream stream = new Stream(Device.CPU);
        List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
        IntStream.range(0, 10_000).forEach(i -> stream.submit(() -> ran.add(i)));
        stream.synchronize();
        assertEquals(IntStream.range(0, 10_000).boxed().toList(), ran);
    }

    @Test
    void two_streams_run_at_the_same_time() throws Exception {
        Stream a = new Stream(Device.CPU);
        Stream b = new Stream(Device.CPU);
        // Each half waits for the other in the middle of its work: in turn, neither could end.
        for (int round = 0; round < 500; round++) {
            CountDownLatch inA = new CountDownLatch(1);
            CountDownLatch inB = new CountDownLatch(1);
            a.submit(() -> meet(inA, inB));
            b.submit(() -> meet(inB, inA));
            a.synchronize();
            b.synchronize();
            assertEquals(0, inA.getCount() + inB.getCount());
        }
    }

    private static void meet(CountDownLatch mine, CountDownLatch other) {
        mine.countDown();
        try {
            other.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void work_behind_a_wait_runs_after_the_event() {
        Stream stream = new Stream(Device.CPU);
        Event event = new Event();
        AtomicInteger ran = new AtomicInteger();
        stream.submitWait(event);
        stream.submit(() -> ran.set(event.isDone() ? 1 : -1));
        Stream other = new Stream(Device.CPU);
        other.submit(() -> {});
        other.synchronize();
        assertEquals(0, ran.get());
        event.complete();
        stream.synchronize();
        assertEquals(1, ran.get());
    }

    @Test
    void a_failed_event_lets_the_stream_go_on() {
        Stream stream = new Stream(Device.CPU);
        Event event = new Event();
        AtomicInteger ran = new AtomicInteger();
        stream.submitWait(event);
        stream.submit(ran::incrementAndGet);
        event.fail(new IllegalStateException("no"));
        stream.synchronize();
        assertEquals(1, ran.get());
    }

    @Test
    void waiting_streams_hold_no_thread_of_the_pool() {
        List<Event> events = new ArrayList<>();
        List<Stream> waiting = new ArrayList<>();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 10 * Workers.shared().count(); i++) {
            Stream stream = new Stream(Device.CPU);
            Event event = new Event();
            stream.submitWait(event);
            stream.submit(ran::incrementAndGet);
            events.add(event);
            waiting.add(stream);
        }
        Stream free = new Stream(Device.CPU);
        Event reached = new Event();
        free.submit(reached::complete);
        reached.await();
        assertEquals(0, ran.get());
        Collections.reverse(events);
        events.forEach(Event::complete);
        waiting.forEach(Stream::synchronize);
        assertEquals(waiting.size(), ran.get());
    }

    @Test
    void an_idle_stream_runs_small_work_on_the_calling_thread() {
        Stream stream = new Stream(Device.CPU);
        List<Thread> ran = new ArrayList<>();
        assertTrue(stream.runIfIdle(() -> ran.add(Thread.currentThread())));
        assertEquals(List.of(Thread.currentThread()), ran);
    }

    @Test
    void a_busy_stream_refuses_to_run_on_the_calling_thread() {
        Stream stream = new Stream(Device.CPU);
        Event event = new Event();
        stream.submitWait(event);
        assertFalse(stream.runIfIdle(() -> {
            throw new AssertionError("ran although the stream has work");
        }));
        event.complete();
        stream.synchronize();
    }

    @Test
    void work_that_came_in_while_a_thread_ran_its_own_is_done() {
        Stream stream = new Stream(Device.CPU);
        List<String> ran = Collections.synchronizedList(new ArrayList<>());
        assertTrue(stream.runIfIdle(() -> {
            stream.submit(() -> ran.add("second"));
            ran.add("first");
        }));
        stream.synchronize();
        assertEquals(List.of("first", "second"), ran);
    }

    @Test
    void a_stream_survives_work_that_throws() {
        Stream stream = new Stream(Device.CPU);
        AtomicInteger ran = new AtomicInteger();
        Event gate = new Event();
        stream.submitWait(gate);
        stream.submit(() -> {
            throw new IllegalStateException("a defect, on purpose");
        });
        stream.submit(ran::incrementAndGet);
        gate.complete();
        stream.synchronize();
        assertEquals(1, ran.get());
    }

    @Test
    void work_that_throws_on_the_calling_thread_reaches_the_caller_and_frees_the_stream() {
        Stream stream = new Stream(Device.CPU);
        AtomicInteger ran = new AtomicInteger();
        assertThrows(IllegalStateException.class, () -> stream.runIfIdle(() -> {
            throw new IllegalStateException("no");
        }));
        assertTrue(stream.runIfIdle(ran::incrementAndGet));
        assertEquals(1, ran.get());
    }

    @Test
    void ten_thousand_streams_leave_no_threads_behind() {
        Workers.shared().run(2, task -> {});
        int before = Thread.activeCount();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 10_000; i++) {
            Stream stream = new Stream(Device.CPU);
            stream.submit(ran::incrementAndGet);
            stream.synchronize();
        }
        assertEquals(10_000, ran.get());
        assertTrue(Thread.activeCount() <= before, () -> before + " threads before, now " + Thread.activeCount());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void each_threads_work_keeps_its_order_however_threads_race(long seed) throws Exception {
        int threads = 8;
        int each = 500;
        Stream stream = new Stream(Device.CPU);
        ConcurrentLinkedQueue<int[]> ran = new ConcurrentLinkedQueue<>();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        List<Thread> started = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int thread = t;
            Random random = new Random(31 * seed + t);
            started.add((t % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform()).start(() -> {
                for (int i = 0; i < each; i++) {
                    int number = i;
                    Runnable work = () -> {
                        overlaps.addAndGet(inside.getAndIncrement());
                        ran.add(new int[] {thread, number});
                        inside.getAndDecrement();
                    };
                    switch (random.nextInt(3)) {
                        case 0 -> {
                            Event event = new Event();
                            stream.submitWait(event);
                            stream.submit(work);
                            event.complete();
                        }
                        case 1 -> {
                            if (!stream.runIfIdle(work)) {
                                stream.submit(work);
                            }
                        }
                        default -> stream.submit(work);
                    }
                }
            }));
        }
        for (Thread thread : started) {
            thread.join();
        }
        stream.synchronize();
        assertEquals(threads * each, ran.size());
        assertEquals(0, overlaps.get());
        int[] next = new int[threads];
        for (int[] entry : ran) {
            assertEquals(next[entry[0]]++, entry[1]);
        }
    }

    @Test
    void streams_are_numbered_and_say_where_they_are() {
        Stream a = new Stream(Device.CPU);
        Stream b = new Stream(Device.CPU);
        assertNotEquals(a.id(), b.id());
        assertEquals("stream(cpu, " + a.id() + ")", a.toString());
    }
}
