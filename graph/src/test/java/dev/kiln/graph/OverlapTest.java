package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Evaluations of overlapping graphs from many threads at once. */
@Timeout(120)
class OverlapTest {

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 8);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void platform_threads_get_right_results_from_shared_graphs(long seed) throws Exception {
        overlap(seed, 4, Thread.ofPlatform().factory());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void virtual_threads_get_right_results_from_shared_graphs(long seed) throws Exception {
        overlap(seed, 16, Thread.ofVirtual().factory());
    }

    private static void overlap(long seed, int threads, ThreadFactory factory) throws Exception {
        Random random = new Random(seed);
        List<Stream> streams = List.of(Toys.stream(), Toys.stream(), Toys.stream());
        for (int round = 0; round < 40; round++) {
            long graph = random.nextLong();
            int size = 10 + random.nextInt(30);
            RandomGraph expected = new RandomGraph(graph, streams);
            RandomGraph shared = new RandomGraph(graph, streams);
            List<double[]> values = new ArrayList<>();
            List<Node> outputs = new ArrayList<>();
            for (int part = 0; part < 6; part++) { // each part builds on those before
                expected.grow(size / 3).forEach(node -> values.add(Naive.values(node)));
                outputs.addAll(shared.grow(size / 3));
            }
            run(threads, factory, random, thread -> {
                int at = thread.nextInt(outputs.size());
                if (thread.nextInt(3) == 0) {
                    Toys.start(outputs.get(at), outputs.get(thread.nextInt(outputs.size())));
                } else {
                    assertArrayEquals(values.get(at), Toys.values(outputs.get(at)), () -> "graph " + graph);
                }
            });
            for (int i = 0; i < outputs.size(); i++) {
                assertArrayEquals(values.get(i), Toys.values(outputs.get(i)), () -> "graph " + graph);
            }
        }
    }

    private interface Body {
        void run(Random random);
    }

    private static void run(int threads, ThreadFactory factory, Random random, Body body) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> started = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Random own = new Random(random.nextLong());
            Thread thread = factory.newThread(() -> {
                try {
                    start.await();
                    for (int i = 0; i < 5; i++) {
                        body.run(own);
                    }
                } catch (Throwable failure) {
                    failures.add(failure);
                }
            });
            thread.start();
            started.add(thread);
        }
        start.countDown();
        for (Thread thread : started) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.size() + " threads failed", failures.peek());
        }
    }

    @Test
    void each_shared_node_is_computed_once_when_threads_ask_for_it_at_the_same_time() throws Exception {
        for (int round = 0; round < 50; round++) {
            Stream stream = Toys.stream();
            Node shared = Toys.totals(Toys.counting(stream, 16));
            RecordingBackend.clear();
            run(8, Thread.ofVirtual().factory(), new Random(round), random -> Evaluator.eval(List.of(shared)));
            assertEquals(1, RecordingBackend.launches().size());
        }
    }

    /** Both threads bring parts of their work to both streams: each could wait for the other in front of it. */
    @Test
    void evaluations_over_the_same_streams_do_not_wait_for_each_other_for_ever() throws Exception {
        Stream a = Toys.stream();
        Stream b = Toys.stream();
        for (int round = 0; round < 300; round++) {
            run(4, Thread.ofPlatform().factory(), new Random(round), random -> {
                Stream first = random.nextBoolean() ? a : b;
                Stream second = first.equals(a) ? b : a;
                Node x = Toys.totals(Toys.counting(first, 4));
                Node y = Toys.on(second, new Toy.Totals(), x);
                Node z = Toys.on(first, new Toy.Totals(), y);
                assertArrayEquals(new double[] {1, 5, 15, 35}, Toys.values(z));
            });
        }
    }
}
