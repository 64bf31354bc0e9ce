package dev.kiln.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EventTest {

    @Test
    void a_new_event_is_pending() {
        Event event = new Event();
        assertFalse(event.isDone());
        assertNull(event.failure());
    }

    @Test
    void a_completed_event_is_done_without_failure() {
        Event event = new Event();
        event.complete();
        assertTrue(event.isDone());
        assertNull(event.failure());
        event.await();
    }

    @Test
    void a_failed_event_keeps_the_failure() {
        Event event = new Event();
        IllegalStateException failure = new IllegalStateException("no");
        event.fail(failure);
        event.await();
        assertSame(failure, event.failure());
    }

    @Test
    void the_first_end_counts() {
        Event completed = new Event();
        completed.complete();
        completed.fail(new IllegalStateException("late"));
        assertNull(completed.failure());

        Event failed = new Event();
        IllegalStateException first = new IllegalStateException("first");
        failed.fail(first);
        failed.complete();
        failed.fail(new IllegalStateException("second"));
        assertSame(first, failed.failure());
    }

    @Test
    void an_action_runs_at_once_if_the_event_is_done() {
        Event event = new Event();
        event.complete();
        List<Thread> ran = new ArrayList<>();
        event.onDone(() -> ran.add(Thread.currentThread()));
        assertEquals(List.of(Thread.currentThread()), ran);
    }

    @Test
    void an_action_waits_for_the_event_and_sees_how_it_ended() {
        Event event = new Event();
        IllegalStateException failure = new IllegalStateException("no");
        List<Throwable> seen = new ArrayList<>();
        event.onDone(() -> seen.add(event.failure()));
        assertEquals(List.of(), seen);
        event.fail(failure);
        assertEquals(List.of(failure), seen);
    }

    @Test
    void a_waiting_thread_goes_on_when_the_event_completes() throws Exception {
        Event event = new Event();
        CompletableFuture<Boolean> waited = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            event.await();
            waited.complete(event.isDone());
        });
        Thread.ofVirtual().start(event::complete);
        assertTrue(waited.get());
    }

    @Test
    void an_interrupted_wait_is_cancelled_and_leaves_the_thread_interrupted() throws Exception {
        Event event = new Event();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread waiter = Thread.ofPlatform().daemon().start(() -> {
            thrown.complete(assertThrows(CancellationException.class, event::await));
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        waiter.interrupt();
        assertInstanceOf(CancellationException.class, thrown.get());
        assertTrue(interrupted.get());
        assertFalse(event.isDone());
        event.complete();
        assertTrue(event.isDone());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void every_action_runs_once_however_threads_race(long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            Event event = new Event();
            int adders = 1 + random.nextInt(4);
            int actions = 1 + random.nextInt(20);
            int finishers = 1 + random.nextInt(3);
            AtomicInteger[] ran = new AtomicInteger[adders * actions];
            for (int i = 0; i < ran.length; i++) {
                ran[i] = new AtomicInteger();
            }
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int adder = 0; adder < adders; adder++) {
                int from = adder * actions;
                threads.add(Thread.ofVirtual().start(() -> {
                    awaitLatch(start);
                    for (int i = 0; i < actions; i++) {
                        event.onDone(ran[from + i]::incrementAndGet);
                    }
                }));
            }
            for (int i = 0; i < finishers; i++) {
                boolean fails = random.nextBoolean();
                threads.add(Thread.ofVirtual().start(() -> {
                    awaitLatch(start);
                    if (fails) {
                        event.fail(new IllegalStateException("one of several"));
                    } else {
                        event.complete();
                    }
                }));
            }
            start.countDown();
            event.await();
            for (Thread thread : threads) {
                thread.join();
            }
            for (AtomicInteger count : ran) {
                assertEquals(1, count.get());
            }
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
