package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.backends.metal.NothingLeft;
import dev.kiln.graph.DType;
import dev.kiln.graph.KilnException;
import dev.kiln.graph.Shape;
import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work that crosses between streams of the device and the processor, is begun by many threads, or fails. */
@Timeout(120)
@ExtendWith(NothingLeft.class)
class StreamsOnMetalTest {

    private static final int LENGTH = 1000;
    private static final int STEPS = 60;

    private static Array ramp(Stream stream) {
        return Ops.arange(0, LENGTH, DType.FLOAT32, stream);
    }

    /** A walk over streams: each step reads two of the arrays that are there, from whatever stream they are of. */
    private static void walk(long seed, List<Stream> streams, boolean now) {
        try (Scope scope = Scope.open()) {
            Random random = new Random(seed);
            List<Array> arrays = new ArrayList<>(List.of(ramp(streams.getFirst())));
            List<double[]> expected = new ArrayList<>(List.of(arrays.getFirst().toDoubleArray()));
            for (int i = 0; i < STEPS; i++) {
                int a = random.nextInt(arrays.size());
                int b = random.nextInt(arrays.size());
                Stream stream = streams.get(random.nextInt(streams.size()));
                Array next = Ops.minimum(Ops.add(arrays.get(a), arrays.get(b), stream), 100 + i, stream);
                if (now && random.nextInt(3) == 0) {
                    Ops.asyncEval(next);
                }
                double[] values = new double[LENGTH];
                Arrays.setAll(values, k -> Math.min(expected.get(a)[k] + expected.get(b)[k], 100 + STEPS));
                int least = i;
                Arrays.setAll(values, k -> Math.min(values[k], 100 + least));
                arrays.add(next);
                expected.add(values);
            }
            for (int i = arrays.size() - 1; i >= 0; i--) {
                assertArrayEquals(expected.get(i), arrays.get(i).toDoubleArray(), "step " + i + ", seed " + seed);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void what_crosses_between_streams_is_there_when_it_is_read(long seed) {
        walk(seed, List.of(Stream.of(Device.METAL), Stream.of(Device.METAL), Stream.of(Device.METAL)), true);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {5, 6, 7, 8})
    void what_crosses_between_devices_is_there_when_it_is_read(long seed) {
        walk(seed, List.of(Stream.of(Device.METAL), Stream.of(Device.CPU), Stream.of(Device.METAL)), true);
        walk(seed, List.of(Stream.of(Device.CPU), Stream.of(Device.METAL)), false);
    }

    @Test
    void virtual_threads_may_share_a_stream() throws InterruptedException {
        List<Stream> shared = List.of(Stream.of(Device.METAL), Stream.of(Device.METAL));
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            long seed = 100 + i;
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    walk(seed, shared, true);
                } catch (Throwable thrown) {
                    failures.add(thrown);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), List.copyOf(failures));
    }

    @Test
    void a_failure_on_the_device_reaches_what_depends_on_it_on_other_streams_and_nothing_else() {
        try (Scope scope = Scope.open()) {
            Stream a = Stream.of(Device.METAL);
            Stream b = Stream.of(Device.METAL);
            Array good = Ops.multiply(ramp(a), 2, a);
            Array bad = Ops.take(good, Array.of(3, LENGTH), 0, a);
            Array behind = Ops.add(bad, 1, b);
            Array onProcessor = Ops.add(behind, 1, Stream.of(Device.CPU));
            Array beside = Ops.add(good, 1, b);
            var all = Ops.asyncEval(good, bad, behind, onProcessor, beside);
            assertThrows(CompletionException.class, all::join);
            assertEquals(2.0 * (LENGTH - 1) + 1, beside.toDoubleArray()[LENGTH - 1]);
            assertEquals(2.0 * (LENGTH - 1), good.toDoubleArray()[LENGTH - 1]);
            KilnException first = assertThrows(KilnException.class, bad::eval);
            assertTrue(
                    String.valueOf(first.getCause())
                            .contains("[take] Index 1000 is out of bounds for axis 0 with size 1000."),
                    String.valueOf(first.getCause()));
            assertSame(first.getCause(), assertThrows(KilnException.class, behind::eval).getCause());
            assertSame(first.getCause(), assertThrows(KilnException.class, onProcessor::eval).getCause());
            assertEquals(3, Ops.add(ramp(a), 3, a).toDoubleArray()[0]);
        }
    }

    /** A stream of the processor that does nothing until the latch lets it. */
    private static Stream held(CountDownLatch latch) {
        Stream stream = Stream.of(Device.CPU);
        stream.submit(() -> {
            try {
                latch.await();
            } catch (InterruptedException nobodyDoes) {
                throw new IllegalStateException(nobodyDoes);
            }
        });
        return stream;
    }

    @Test
    void the_device_waits_for_the_processor_by_itself() throws InterruptedException {
        CountDownLatch latch = new CountDownLatch(1);
        try (Scope scope = Scope.open()) {
            Stream processor = held(latch);
            Stream device = Stream.of(Device.METAL);
            Array behind = Ops.add(Ops.multiply(ramp(processor), 2, processor), 1, device);
            var ready = Ops.asyncEval(behind);
            while (Stream.report().contains(device + ":")) { // all is handed to the device, though its input is not there
                Thread.sleep(1);
            }
            assertFalse(ready.isDone());
            latch.countDown();
            ready.join();
            assertEquals(2.0 * (LENGTH - 1) + 1, behind.toDoubleArray()[LENGTH - 1]);
        } finally {
            latch.countDown();
        }
    }

    @Test
    void a_failure_on_the_processor_reaches_what_the_device_was_handed_before() throws InterruptedException {
        CountDownLatch latch = new CountDownLatch(1);
        try (Scope scope = Scope.open()) {
            Stream processor = held(latch);
            Stream device = Stream.of(Device.METAL);
            Stream other = Stream.of(Device.METAL);
            Array bad = Ops.take(ramp(processor), Array.of(3, LENGTH), 0, processor);
            var badReady = Ops.asyncEval(bad); // an evaluation of its own: the others find it pending
            Array behind = Ops.add(bad, 1, device);
            Array further = Ops.add(behind, 1, other);
            Array beside = Ops.add(ramp(device), 1, other);
            var ready = Ops.asyncEval(behind, further, beside);
            while (Stream.report().contains(device + ":") || Stream.report().contains(other + ":")) {
                Thread.sleep(1);
            }
            latch.countDown();
            assertThrows(CompletionException.class, badReady::join);
            assertThrows(CompletionException.class, ready::join);
            KilnException first = assertThrows(KilnException.class, bad::eval);
            assertSame(first.getCause(), assertThrows(KilnException.class, behind::eval).getCause());
            assertSame(first.getCause(), assertThrows(KilnException.class, further::eval).getCause());
            assertEquals(LENGTH, beside.toDoubleArray()[LENGTH - 1]);
        } finally {
            latch.countDown();
        }
    }

    @Test
    void what_nobody_reads_ends_as_well() {
        try (Scope scope = Scope.open()) {
            Stream stream = Stream.of(Device.METAL);
            for (int i = 0; i < 200; i++) {
                Ops.asyncEval(Ops.add(Ops.full(Shape.shape(LENGTH), i, DType.FLOAT32, stream), 1, stream));
            }
            stream.synchronize();
        }
    }
}
