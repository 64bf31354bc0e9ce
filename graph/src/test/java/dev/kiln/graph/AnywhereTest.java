package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.RecordingBackend.Launched;
import dev.kiln.streams.Stream;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Graphs, arrays and streams belong to no thread. */
@Timeout(120)
class AnywhereTest {

    enum Threads {
        PLATFORM(Thread.ofPlatform().daemon().factory()), VIRTUAL(Thread.ofVirtual().factory());

        private final ThreadFactory factory;

        Threads(ThreadFactory factory) {
            this.factory = factory;
        }

        <T> CompletableFuture<T> start(Callable<T> work) {
            CompletableFuture<T> result = new CompletableFuture<>();
            factory.newThread(() -> {
                try {
                    result.complete(work.call());
                } catch (Throwable failure) {
                    result.completeExceptionally(failure);
                }
            }).start();
            return result;
        }

        /** Runs {@code work} on so many threads, which begin together; its results, by the thread's number. */
        <T> List<T> together(int threads, IntFunction<T> work) {
            CountDownLatch begin = new CountDownLatch(threads);
            List<CompletableFuture<T>> results = IntStream.range(0, threads).mapToObj(thread -> start(() -> {
                begin.countDown();
                begin.await();
                return work.apply(thread);
            })).toList();
            return results.stream().map(CompletableFuture::join).toList();
        }
    }

    /** On its builder's default stream, which that thread does not live to see used. */
    private static Node built() {
        return Toys.totals(Toys.totals(Toys.counting(Stream.defaultStream(), 4)));
    }

    @ParameterizedTest
    @EnumSource
    void a_graph_built_on_one_thread_is_evaluated_on_another(Threads threads) {
        for (Threads builder : Threads.values()) {
            Node node = builder.start(AnywhereTest::built).join();
            assertArrayEquals(new double[] {1, 4, 10, 20}, threads.start(() -> Toys.values(node)).join());
            assertArrayEquals(new double[] {1, 4, 10, 20}, Toys.values(node));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_graph_built_on_one_thread_is_evaluated_on_many_at_once(Threads threads) {
        for (int round = 0; round < 50; round++) {
            Node node = threads.start(AnywhereTest::built).join();
            threads.together(16, thread -> Toys.values(node))
                    .forEach(values -> assertArrayEquals(new double[] {1, 4, 10, 20}, values));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_thread_goes_on_with_what_another_has_begun(Threads threads) {
        Node node = Toys.counting(Toys.stream(), 4);
        for (int step = 0; step < 100; step++) {
            Node before = node;
            node = threads.start(() -> {
                Node next = Toys.neg(Toys.half(Toys.add(before, before)));
                Toys.start(next);
                return next;
            }).join();
        }
        assertArrayEquals(new double[] {1, 2, 3, 4}, Toys.values(node));
    }

    /** 16 shared values under 64 outputs, of which each thread asks for eight in an order of its own. */
    @ParameterizedTest
    @EnumSource
    void sixty_four_threads_that_evaluate_overlapping_graphs_compute_each_node_once(Threads threads) {
        List<Stream> streams = List.of(Toys.stream(), Toys.stream(), Toys.stream(), Toys.stream());
        for (int round = 0; round < 20; round++) {
            List<Node> shared = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                shared.add(Toys.totals(Toys.vector(streams.get(i % 4), i, i, i, i)));
            }
            List<Node> outputs = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                Node sum = Toys.add(shared.get(i % 16), shared.get((i + 1 + i / 16) % 16));
                outputs.add(Toys.on(streams.get(i / 2 % 4), new Toy.Totals(), sum));
            }
            RecordingBackend.clear();
            threads.together(64, thread -> {
                List<Node> mine = IntStream.range(0, 8).mapToObj(i -> outputs.get((thread + (1 + thread % 5) * i) % 64))
                        .toList();
                Evaluator.eval(mine);
                return mine.stream().map(Toys::values).toList();
            });
            for (int i = 0; i < 64; i++) {
                double n = i % 16 + (i + 1 + i / 16) % 16;
                assertArrayEquals(new double[] {n, 3 * n, 6 * n, 10 * n}, Toys.values(outputs.get(i)));
            }
            Map<Work, Long> launches = new HashMap<>();
            RecordingBackend.launches().forEach(launched -> launches.merge(launched.work(), 1L, Long::sum));
            long totals = launches.entrySet().stream().filter(entry -> isTotals(entry.getKey()))
                    .mapToLong(Map.Entry::getValue).sum();
            long sums = RecordingBackend.launches().size() - totals;
            assertEquals(16 + 64, totals);
            assertEquals(64, sums);
        }
        RecordingBackend.stopRecording();
    }

    private static boolean isTotals(Work work) {
        return work instanceof Work.Single single && single.primitive() instanceof Toy.Totals;
    }

    @Test
    void the_work_of_one_stream_runs_in_the_order_it_was_started() {
        Stream stream = Toys.stream();
        List<Node> nodes = IntStream.rangeClosed(1, 200).mapToObj(n -> Toys.totals(Toys.counting(stream, n))).toList();
        RecordingBackend.clear();
        nodes.forEach(node -> Toys.start(node));
        Evaluator.eval(nodes);
        List<Long> ran = RecordingBackend.launches().stream().filter(launched -> launched.stream().equals(stream))
                .map(Launched::work).map(work -> ((Work.Single) work).output().shape().size()).toList();
        RecordingBackend.stopRecording();
        assertEquals(nodes.stream().map(node -> node.shape().size()).toList(), ran);
    }

    @Test
    void ten_thousand_streams_that_were_used_and_dropped_or_closed_leave_nothing_behind() throws Exception {
        useAndDrop(10);
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        List<WeakReference<Stream>> dropped = useAndDrop(10_000);
        int after = ManagementFactory.getThreadMXBean().getThreadCount();
        assertTrue(after <= threads, () -> threads + " threads before, now " + after);
        long left = dropped.size();
        for (int tries = 0; left > 0 && tries < 100; tries++) {
            System.gc();
            Thread.sleep(10);
            left = dropped.stream().filter(stream -> stream.get() != null).count();
        }
        assertEquals(0, left, "streams that something still refers to");
    }

    private static List<WeakReference<Stream>> useAndDrop(int count) {
        List<WeakReference<Stream>> dropped = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Stream stream = Toys.stream();
            Node node = Toys.totals(Toys.counting(stream, 3));
            if (i % 2 == 0) {
                Toys.start(node);
            }
            assertArrayEquals(new double[] {1, 3, 6}, Toys.values(node));
            if (i % 3 == 0) {
                stream.close();
            }
            dropped.add(new WeakReference<>(stream));
        }
        return dropped;
    }
}
