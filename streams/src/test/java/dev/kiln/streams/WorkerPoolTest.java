package dev.kiln.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerPoolTest {

    private static final WorkerPool FOUR = new WorkerPool(4);

    @ParameterizedTest(name = "{0} tasks")
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 64, 1000})
    void every_task_runs_once(int tasks) {
        for (int round = 0; round < 50; round++) {
            AtomicIntegerArray ran = new AtomicIntegerArray(Math.max(1, tasks));
            FOUR.run(tasks, ran::incrementAndGet);
            for (int i = 0; i < tasks; i++) {
                assertEquals(1, ran.get(i));
            }
        }
    }

    @Test
    void a_pool_of_one_thread_runs_everything_on_the_caller() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        new WorkerPool(1).run(10, task -> threads.add(Thread.currentThread()));
        assertEquals(Set.of(Thread.currentThread()), threads);
    }

    @Test
    void the_caller_makes_progress_when_all_threads_are_busy() throws Exception {
        WorkerPool pool = new WorkerPool(2);
        CountDownLatch busy = new CountDownLatch(2);
        CountDownLatch end = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            pool.execute(() -> {
                busy.countDown();
                await(end);
            });
        }
        busy.await();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        List<Integer> order = new ArrayList<>();
        pool.run(20, task -> {
            threads.add(Thread.currentThread());
            order.add(task);
        });
        assertEquals(Set.of(Thread.currentThread()), threads);
        assertEquals(IntStream.range(0, 20).boxed().toList(), order);
        end.countDown();
    }

    @Test
    void tasks_run_at_the_same_time() {
        for (int round = 0; round < 200; round++) {
            CountDownLatch all = new CountDownLatch(4);
            FOUR.run(4, task -> {
                all.countDown();
                await(all);
            });
        }
    }

    @Test
    void each_thread_begins_with_a_span_of_its_own() {
        for (int round = 0; round < 200; round++) {
            CountDownLatch all = new CountDownLatch(4);
            Set<Integer> first = ConcurrentHashMap.newKeySet();
            FOUR.run(10, task -> {
                if (all.getCount() > 0) {
                    first.add(task);
                    all.countDown();
                    await(all);
                }
            });
            assertEquals(Set.of(0, 3, 6, 8), first);
        }
    }

    @Test
    void nested_runs_end() {
        AtomicInteger leaves = new AtomicInteger();
        FOUR.run(8, a -> FOUR.run(8, b -> FOUR.run(8, c -> leaves.incrementAndGet())));
        assertEquals(512, leaves.get());
    }

    @Test
    void runs_from_many_threads_end() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (int round = 0; round < 20; round++) {
                    FOUR.run(7, task -> ran.incrementAndGet());
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(50 * 20 * 7, ran.get());
    }

    @Test
    void a_failure_reaches_the_caller_as_it_is() {
        IllegalStateException failure = new IllegalStateException("task 3");
        assertSame(failure, assertThrows(IllegalStateException.class, () -> FOUR.run(100, task -> {
            if (task == 3) {
                throw failure;
            }
        })));
        AssertionError error = new AssertionError("an error");
        assertSame(error, assertThrows(AssertionError.class, () -> FOUR.run(5, task -> {
            throw error;
        })));
    }

    @Test
    void a_checked_failure_reaches_the_caller_as_a_cause() {
        IOException failure = new IOException("sneaked");
        IntConsumer body = task -> WorkerPoolTest.<RuntimeException>sneak(failure);
        assertSame(failure, assertThrows(IllegalStateException.class, () -> FOUR.run(5, body)).getCause());
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void tasks_not_begun_are_skipped_after_a_failure() {
        AtomicInteger ran = new AtomicInteger();
        assertThrows(IllegalStateException.class, () -> FOUR.run(1_000_000, task -> {
            ran.incrementAndGet();
            throw new IllegalStateException("each");
        }));
        assertTrue(ran.get() <= 1 + FOUR.count(), ran::toString);
    }

    @Test
    void the_pool_works_on_after_a_failure() {
        for (int round = 0; round < 20; round++) {
            assertThrows(IllegalStateException.class, () -> FOUR.run(8, task -> {
                throw new IllegalStateException("each");
            }));
        }
        every_task_runs_once(64);
    }

    @Test
    void an_interrupted_caller_still_returns_only_when_all_is_done_and_stays_interrupted() {
        CountDownLatch started = new CountDownLatch(4);
        AtomicInteger ended = new AtomicInteger();
        Thread.currentThread().interrupt();
        FOUR.run(4, task -> {
            started.countDown();
            while (started.getCount() > 0) {
                Thread.onSpinWait();
            }
            ended.incrementAndGet();
        });
        assertEquals(4, ended.get());
        assertTrue(Thread.interrupted());
    }

    @Test
    void many_threads_bringing_single_tasks_leave_none_behind() throws Exception {
        int threads = 8;
        int each = 2_000;
        CountDownLatch all = new CountDownLatch(threads * each);
        for (int t = 0; t < threads; t++) {
            Thread.ofVirtual().start(() -> {
                for (int i = 0; i < each; i++) {
                    FOUR.execute(all::countDown);
                }
            });
        }
        all.await();
        assertEquals(0, all.getCount());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
