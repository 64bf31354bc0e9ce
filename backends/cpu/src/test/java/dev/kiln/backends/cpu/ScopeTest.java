package dev.kiln.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.Memory;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Array;
import dev.kiln.ops.Fast;
import dev.kiln.ops.Ops;
import dev.kiln.ops.Random;
import dev.kiln.ops.Scope;
import dev.kiln.ops.Transforms;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ScopeTest {

    private static final long BYTES = 4 * 64 * 512;

    @Test
    void a_loop_in_scopes_has_memory_that_is_flat_to_the_byte() throws InterruptedException {
        Array x = Ops.ones(Shape.shape(64, 512)).eval();
        Array first = step(x);
        long active = settled();
        Memory.clearCache(); // a kept block that is larger than needed would be lent, and counted as it is
        long peak = 0;
        for (int i = 0; i < 50; i++) {
            Memory.resetPeak();
            try (Scope outer = Scope.open()) {
                Array next;
                try (Scope inner = Scope.open()) {
                    next = inner.keep(step(x));
                }
                assertEquals(active + BYTES, Memory.active());
                assertEquals(Ops.sum(first).itemFloat(), Ops.sum(next).itemFloat());
            }
            assertEquals(active, Memory.active());
            assertTrue(i < 2 || Memory.peak() == peak, Memory.peak() + " bytes at the most, " + peak + " before");
            peak = Memory.peak();
        }
    }

    /** Bytes in use once the collector has found what other tests dropped. */
    private static long settled() throws InterruptedException {
        long active = Memory.active();
        for (int quiet = 0; quiet < 3;) {
            System.gc();
            Thread.sleep(10);
            quiet = Memory.active() == active ? quiet + 1 : 0;
            active = Memory.active();
        }
        return active;
    }

    private static Array step(Array x) {
        Array held = Fast.rmsNorm(x, null, 1e-5).eval();
        return held.matmul(Ops.ones(Shape.shape(512, 512))).multiply(0.5).eval();
    }

    @Test
    void every_reader_refuses_a_released_array() {
        Array x;
        try (Scope scope = Scope.open()) {
            x = Array.of(1f, 2f, 3f).eval();
        }
        List<Function<Array, Object>> readers = List.of(Array::toFloatArray, Array::item, Array::toString,
                Array::asMemorySegment, Array::eval, array -> array.add(1).toFloatArray());
        for (Function<Array, Object> reader : readers) {
            String message = assertThrows(IllegalStateException.class, () -> reader.apply(x)).getMessage();
            assertTrue(message.startsWith("This array float32(3) was released when its scope was closed"), message);
        }
        assertEquals(Shape.shape(3), x.shape());
    }

    @Test
    void keep_evaluates_and_returns_its_array() {
        Array x;
        try (Scope scope = Scope.open()) {
            Array lazy = Array.of(1f, 2f).multiply(3);
            x = scope.keep(lazy);
            assertSame(lazy, x);
        }
        assertArrayEquals(new float[] {3, 6}, x.toFloatArray());
    }

    @Test
    void a_segment_outlives_the_array_it_was_taken_of() {
        MemorySegment segment;
        try (Scope scope = Scope.open()) {
            segment = Ops.arange(100_000).multiply(2).asMemorySegment();
        }
        for (int i = 0; i < 10; i++) {
            Ops.ones(Shape.shape(100_000)).multiply(i).eval();
        }
        assertEquals(2 * 99_999, segment.getAtIndex(ValueLayout.JAVA_INT, 99_999));
    }

    @Test
    void a_gradient_goes_through_what_was_made_in_a_scope() {
        Array x = Array.of(1f, 2f, 3f);
        Array fourth = Transforms.grad((Array y) -> {
            try (Scope scope = Scope.open()) {
                return scope.keep(y.square().square().sum());
            }
        }).apply(x);
        assertArrayEquals(new float[] {4, 32, 108}, fourth.toFloatArray());
        Array weighted = Transforms.grad((Array y) -> {
            try (Scope scope = Scope.open()) {
                Array inner;
                try (Scope inside = Scope.open()) {
                    inner = inside.keep(y.multiply(Array.of(1f, 2f, 3f).add(1)));
                }
                return scope.keep(inner.square().sum());
            }
        }).apply(x);
        assertArrayEquals(new float[] {8, 36, 96}, weighted.toFloatArray());
    }

    @Test
    void draws_without_a_key_go_on_after_a_scope() {
        try (Scope scope = Scope.open()) {
            Random.normal(Shape.shape(3)).eval();
        }
        assertEquals(3, Random.normal(Shape.shape(3)).toFloatArray().length);
    }

    @Test
    void arrays_of_an_outer_scope_are_not_touched_by_an_inner_one() {
        try (Scope outer = Scope.open()) {
            Array x = Array.of(1f, 2f);
            Array y;
            try (Scope inner = Scope.open()) {
                y = inner.keep(x.exp());
            }
            assertArrayEquals(new float[] {1, 2}, x.toFloatArray());
            assertEquals(2, y.toFloatArray().length);
        }
    }
}
