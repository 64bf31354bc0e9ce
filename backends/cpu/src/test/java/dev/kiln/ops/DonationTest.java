package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.KilnException;
import dev.kiln.graph.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Results in the memory of arrays that the program gives up. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a wrong count of holders is a read without end
class DonationTest {

    private static final int LENGTH = 1 << 20;

    private static Array large() {
        return Ops.arange(0, LENGTH, 1, DType.FLOAT32).eval();
    }

    /** The bytes that are taken on top of what was there before. */
    private static long taken(Array given, UnaryOperator<Array> function) {
        long before = Memory.active();
        Memory.resetPeak();
        function.apply(given).eval();
        return Memory.peak() - before;
    }

    private static Array updated(Array a, float value, int at) {
        return Ops.sliceUpdate(a, Array.of(value), Array.scalar(at), new int[] {0});
    }

    @Test
    void an_update_of_a_donated_array_takes_no_memory() {
        assertTrue(taken(large(), a -> updated(a.donate(), -1, 3)) < LENGTH);
    }

    @Test
    void so_do_updates_at_a_fixed_place_and_by_indices_and_elementwise_operations() {
        assertTrue(taken(large(), a -> Ops.sliceUpdate(a.donate(), Array.of(-1f), new long[] {3},
                new long[] {4})) < LENGTH);
        assertTrue(taken(large(), a -> Ops.putAlongAxis(a.donate(), Array.of(3), Array.of(-1f), 0)) < LENGTH);
        assertTrue(taken(large(), a -> a.donate().multiply(2).add(1)) < LENGTH);
    }

    @Test
    void the_result_is_the_same_as_without() {
        Array a = large();
        Array changed = updated(a.donate(), -1, 3).eval();
        assertArrayEquals(new float[] {2, -1, 4}, Ops.slice(changed, new long[] {2}, new long[] {5}).toFloatArray());
        Array twice = Ops.putAlongAxis(updated(changed.donate(), -2, 2), Array.of(4, 4), Array.of(7f, 8f), 0).eval();
        assertArrayEquals(new float[] {-2, -1, 8}, Ops.slice(twice, new long[] {2}, new long[] {5}).toFloatArray());
    }

    @Test
    void a_donated_array_cannot_be_read_once_its_memory_is_taken() {
        Array a = Ops.arange(0, 4, 1, DType.FLOAT32).eval();
        Array b = a.donate().add(1).eval();
        String message = assertThrows(IllegalStateException.class, a::toFloatArray).getMessage();
        assertTrue(message.contains("float32(4) was donated"), message);
        assertThrows(IllegalStateException.class, () -> a.add(1).eval());
        assertArrayEquals(new float[] {1, 2, 3, 4}, b.toFloatArray());
    }

    @Test
    void a_donated_array_whose_memory_nobody_takes_stays() {
        Array a = Ops.arange(0, 4, 1, DType.FLOAT32).eval();
        assertEquals(6f, a.donate().sum().item());
        assertEquals(6f, a.sum().item());
    }

    @Test
    void what_is_computed_from_a_donated_array_after_its_update_sees_the_old_values() {
        Array a = Ops.arange(0, 4, 1, DType.FLOAT32).eval();
        Array changed = updated(a.donate(), 9, 0);
        Array late = Ops.matmul(changed.reshape(1, 4), a.reshape(4, 1));
        Ops.eval(changed, late);
        assertEquals(14f, late.item());
        assertArrayEquals(new float[] {9, 1, 2, 3}, changed.toFloatArray());
    }

    @Test
    void memory_that_somebody_else_uses_is_not_taken() {
        Array a = Ops.arange(0, 6, 1, DType.FLOAT32).eval();
        Array view = a.reshape(2, 3).eval();
        MemorySegment segment = Ops.arange(0, 4, 1, DType.FLOAT32).eval().asMemorySegment();
        Array changed = updated(a.donate(), 9, 0).eval();
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, view.reshape(-1).toFloatArray());
        assertArrayEquals(new float[] {9, 1, 2, 3, 4, 5}, changed.toFloatArray());
        Array shown = Ops.arange(0, 4, 1, DType.FLOAT32).eval();
        segment = shown.asMemorySegment();
        shown.donate().add(1).eval();
        assertEquals(3, segment.getAtIndex(ValueLayout.JAVA_FLOAT, 3));
    }

    @Test
    void memory_that_is_the_programs_own_is_not_written_and_its_array_stays() {
        MemorySegment own = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3);
        Array wrapped = Array.wrap(own, DType.FLOAT32, shape(3));
        Array changed = wrapped.donate().multiply(2).eval();
        assertArrayEquals(new float[] {2, 4, 6}, changed.toFloatArray());
        assertEquals(2, own.getAtIndex(ValueLayout.JAVA_FLOAT, 1));
        assertArrayEquals(new float[] {1, 2, 3}, wrapped.toFloatArray());
    }

    @Test
    void another_result_of_the_evaluation_that_computes_a_donated_array_keeps_its_value() {
        for (int i = 0; i < 50; i++) {
            Array a = Ops.arange(0, LENGTH, 1, DType.FLOAT32);
            Array view = a.reshape(2, LENGTH / 2);
            Ops.asyncEval(a, view);
            Array next = a.donate().add(1);
            Ops.asyncEval(next);
            assertEquals(LENGTH / 2, view.take(1, 0).take(0, 0).itemDouble());
            assertEquals(LENGTH / 2 + 1, next.take(LENGTH / 2, 0).itemDouble());
        }
    }

    @Test
    void a_reader_of_a_donated_array_is_told_at_once_also_while_the_result_is_computed() {
        Array a = large();
        Array next = a.donate();
        for (int i = 0; i < 50; i++) {
            next = next.multiply(1.5).sin();
        }
        Ops.asyncEval(next);
        assertThrows(IllegalStateException.class, a::toFloatArray);
        assertThrows(IllegalStateException.class, () -> a.add(1).eval());
        assertEquals(0, next.take(0, 0).itemDouble());
    }

    @Test
    void steps_that_are_started_before_the_last_one_has_ended_follow_each_other_in_one_memory() {
        Array a = Ops.zeros(shape(4, LENGTH / 4)).add(0).eval();
        Memory.resetPeak();
        long before = Memory.active();
        for (int i = 0; i < 200; i++) {
            a = Ops.sliceUpdate(a.donate(), Ops.full(shape(4, 1), i, DType.FLOAT32), Array.scalar(i), new int[] {1});
            Ops.asyncEval(a);
        }
        assertEquals(4 * 199 * 200 / 2, ((Number) a.sum().item()).intValue());
        assertTrue(Memory.peak() - before < 100L * LENGTH, "some steps may have copied, but not all of 200");
    }

    @Test
    void the_failure_of_a_running_array_that_is_donated_reaches_what_is_made_of_it() {
        Array broken = Ops.take(Ops.arange(0, 4, 1, DType.FLOAT32).eval(), Array.of(1, 7), 0);
        Ops.asyncEval(broken);
        Array next = broken.donate().add(1);
        assertThrows(KilnException.class, next::toFloatArray);
    }

    @Test
    void a_compiled_step_writes_into_the_memory_of_the_one_before() {
        Compiled<List<Array>, Array> step = Transforms
                .compile((List<Array> in) -> Ops.sliceUpdate(in.get(0), in.get(1), in.get(2), new int[] {0}));
        Array first = step.apply(List.of(large(), Array.of(1f), Array.scalar(0))).eval();
        assertTrue(taken(first, a -> step.apply(List.of(a.donate(), Array.of(2f), Array.scalar(1)))) < LENGTH);
        assertEquals(1, step.traces());
    }
}
