package dev.kiln.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReportTest {

    private final Stream a = new Stream(Device.CPU);
    private final Stream b = new Stream(Device.CPU);

    @Test
    void a_stream_that_waits_is_reported_with_its_queue_with_whom_it_waits_for_and_since_when() {
        Event event = new Event(b);
        a.submitWait(event);
        a.submit(() -> {});
        a.submit(() -> {});
        String line = Statuses.await(a, "waits for " + b);
        assertTrue(Pattern.matches(Pattern.quote(a + ": 2 queued, waits for " + b + " since ") + "\\d+\\.\\d ms", line),
                line);
        assertTrue(Stream.report().lines().anyMatch(l -> l.startsWith(a + ": 2 queued, waits for " + b)));
        event.complete();
        a.synchronize();
    }

    @Test
    void a_stream_that_runs_is_reported_with_the_thread_the_place_and_the_kernel() {
        CountDownLatch end = new CountDownLatch(1);
        a.submit(() -> {
            Trace.Label label = new Trace.Label(Trace.Kind.KERNEL, "matmul", "float32(2,2)", 48);
            try (Activity kernel = Activity.kernel(a, () -> label)) {
                end.await();
            } catch (InterruptedException unexpected) {
                throw new IllegalStateException(unexpected);
            }
        });
        String line = Statuses.await(a, "last kernel begun");
        assertTrue(line.startsWith(a + ": 0 queued, runs on kiln-worker-"), line);
        assertTrue(line.contains(" at "), line);
        assertTrue(line.endsWith(", last kernel begun: matmul float32(2,2)"), line);
        end.countDown();
        a.synchronize();
    }

    @Test
    void idle_streams_are_counted_and_not_listed() {
        a.submit(() -> {});
        a.synchronize();
        Statuses.awaitIdle(a);
        String report = Stream.report();
        assertFalse(report.contains(a + ":"), report);
        assertTrue(Pattern.compile("^\\d+ of \\d+ streams have work; \\d+ of \\d+ workers idle, "
                + "(0|[1-9]\\d*) tasks wait for a worker").matcher(report).find(), report);
    }

    @Test
    void the_thread_that_reports_finds_itself_at_work() {
        a.runIfIdle(() -> assertTrue(Stream.report().contains(a + ": 0 queued, runs on "
                + Thread.currentThread().getName())));
        assertEquals(Optional.empty(), a.status());
    }

    @Test
    void a_dropped_stream_is_forgotten() throws Exception {
        WeakReference<Stream> dropped = new WeakReference<>(new Stream(Device.CPU));
        for (int i = 0; i < 100 && dropped.get() != null; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertNull(dropped.get());
    }
}
