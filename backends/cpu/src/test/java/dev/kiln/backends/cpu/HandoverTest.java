package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HandoverTest {

    private static final int BYTES = 992;
    /** Elements of so many bytes after which the other form is tried. */
    private static final int BEGIN = 1 << 20;

    private final AtomicInteger made = new AtomicInteger();
    private final Counting first = new Counting(20_000);

    /** Counts its calls, each of which takes some time. */
    private static final class Counting implements FloatLoop {
        private final long nanos;
        private final AtomicInteger calls = new AtomicInteger();

        Counting(long nanos) {
            this.nanos = nanos;
        }

        @Override
        public void run(long out, long a, long b, int n) {
            calls.incrementAndGet();
            for (long end = System.nanoTime() + nanos; System.nanoTime() < end;) {
                Thread.onSpinWait();
            }
        }
    }

    private static LoopTemplate.Copy<FloatLoop> copy(FloatLoop loop) {
        try {
            return new LoopTemplate.Copy<>(FloatLoop.class, loop, MethodHandles.lookup().findVirtual(FloatLoop.class,
                    "run", MethodType.methodType(void.class, long.class, long.class, long.class, int.class))
                    .bindTo(loop));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private Handover<FloatLoop> handover(Supplier<FloatLoop> second, long attemptNanos) {
        return new Handover<>(BYTES, copy(first), () -> {
            made.incrementAndGet();
            return copy(second.get());
        }, loop -> loop.run(0, 0, 0, 1), attemptNanos);
    }

    @Test
    @Timeout(60)
    void a_loop_is_over_single_elements_until_it_has_much_to_do_and_then_over_vectors() throws Exception {
        Counting second = new Counting(100);
        FloatLoop loop = handover(() -> second, TimeUnit.SECONDS.toNanos(20)).loop();

        loop.run(0, 0, 0, BEGIN - 1);
        assertEquals(1, first.calls.get());
        assertEquals(0, made.get());

        loop.run(0, 0, 0, 1);
        int before;
        do {
            Thread.sleep(1);
            before = first.calls.get();
            loop.run(0, 0, 0, 1);
        } while (first.calls.get() > before);
        assertEquals(1, made.get());
        int calls = second.calls.get();
        for (int i = 0; i < 100; i++) {
            loop.run(0, 0, 0, BEGIN);
        }
        assertEquals(before, first.calls.get());
        assertEquals(calls + 100, second.calls.get());
    }

    @Test
    void vectors_that_do_not_become_fast_are_tried_in_other_classes_and_then_no_more() {
        Handover<FloatLoop> slow = handover(() -> new Counting(50_000), 0);
        for (int i = 0; i < Handover.ATTEMPTS; i++) {
            assertFalse(slow.turn());
        }

        assertTrue(slow.turn());
        assertEquals(Handover.ATTEMPTS, made.get());
        int before = first.calls.get();
        slow.loop().run(0, 0, 0, 1);
        assertEquals(before + 1, first.calls.get());
    }

    @Test
    void vectors_are_not_believed_fast_before_the_compiler_may_have_seen_them() {
        Counting second = new Counting(0);
        Handover<FloatLoop> handover = handover(() -> second, TimeUnit.SECONDS.toNanos(20));

        while (!handover.turn()) {
            assertTrue(second.calls.get() < 1_000_000);
        }

        assertTrue(second.calls.get() > 1000, second.calls.toString());
    }
}
