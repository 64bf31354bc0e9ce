package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.KilnException;
import dev.kiln.graph.Primitive;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Updates of a block that begins where an array says. */
class DynamicSliceUpdateTest {

    private final Array x = Ops.arange(0, 24, 1, DType.FLOAT32).reshape(2, 3, 4).eval();

    @Test
    void the_block_begins_where_the_array_says_and_is_as_long_as_the_array_elsewhere() {
        Array changed = Ops.sliceUpdate(x, Ops.full(shape(1, 1, 2), -1, DType.FLOAT32), Array.of(1, 2),
                new int[] {1, -1});
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, -1, -1, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, -1, -1, 20, 21,
            22, 23}, changed.flatten().toFloatArray());
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"BOOL", "UINT8", "INT16", "FLOAT16", "BFLOAT16", "INT32", "FLOAT64", "COMPLEX64"})
    void the_kernel_does_what_the_decomposition_means(DType dtype) {
        Array base = x.astype(dtype).swapaxes(0, 2);
        Array update = Ops.arange(0, 8, 1, DType.FLOAT32).reshape(4, 2, 1).swapaxes(0, 2).swapaxes(0, 2).astype(dtype);
        for (int start : new int[] {0, 1, -2}) {
            Array changed = Ops.sliceUpdate(base, update, Array.of(start, 1L), new int[] {1, 2});
            Primitive primitive = Objects.requireNonNull(changed.node().primitive());
            Array meaning = new Array(primitive.decompose(changed.node().inputs()).orElseThrow());
            assertEquals(meaning.toString(), changed.toString());
        }
    }

    @Test
    void another_start_needs_no_other_plan() {
        var step = Transforms
                .compile((Array at) -> Ops.sliceUpdate(Ops.zeros(shape(5)), Array.of(1f), at, new int[] {0}));
        for (int i = 0; i < 5; i++) {
            assertEquals(i, ((Number) Ops.argmax(step.apply(Array.scalar(i))).item()).intValue());
        }
        assertEquals(1, step.traces());
    }

    @Test
    void a_block_that_does_not_lie_in_the_array_fails_the_computation() {
        Array update = Ops.zeros(shape(2, 3, 2));
        for (int start : new int[] {3, 4, 100, -5}) {
            Array changed = Ops.sliceUpdate(x, update, Array.scalar(start), new int[] {2});
            assertThrows(KilnException.class, changed::eval, "start " + start);
        }
    }

    @Test
    void what_does_not_fit_is_refused_at_once() {
        Array update = Ops.zeros(shape(2, 3, 2));
        refused("starting indices", () -> Ops.sliceUpdate(x, update, Array.of(1, 2), new int[] {2}));
        refused("more than once", () -> Ops.sliceUpdate(x, update, Array.of(1, 2), new int[] {2, -1}));
        refused("does not fit", () -> Ops.sliceUpdate(x, Ops.zeros(shape(2, 3, 5)), Array.scalar(0), new int[] {2}));
        refused("integral", () -> Ops.sliceUpdate(x, update, Array.scalar(1.5), new int[] {2}));
        refused("dimension 2", () -> Ops.sliceUpdate(x, Ops.zeros(shape(3, 2)), Array.scalar(1), new int[] {2}));
    }

    private static void refused(String message, Runnable call) {
        String said = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(said.startsWith("[slice_update]") && said.contains(message), said);
    }

    @Test
    void gradients_reach_the_array_outside_of_the_block_and_the_update_inside() {
        Array weights = Ops.arange(1, 25, 1, DType.FLOAT32).reshape(2, 3, 4);
        Array update = Ops.ones(shape(2, 3, 1));
        Array byArray = Transforms.grad((Array a) -> Ops.sliceUpdate(a, update, Array.scalar(2), new int[] {2})
                .multiply(weights).sum()).apply(x);
        Array byUpdate = Transforms.grad((Array u) -> Ops.sliceUpdate(x, u, Array.scalar(2), new int[] {2})
                .multiply(weights).sum()).apply(update);
        assertArrayEquals(new float[] {1, 2, 0, 4}, Ops.slice(byArray.reshape(6, 4), new long[] {0, 0},
                new long[] {1, 4}).flatten().toFloatArray());
        assertArrayEquals(new float[] {3, 7, 11, 15, 19, 23}, byUpdate.flatten().toFloatArray());
    }

    @Test
    void gradients_follow_a_start_from_the_end() {
        Array update = Ops.ones(shape(2, 3, 1));
        Array byUpdate = Transforms.grad((Array u) -> Ops.sliceUpdate(x, u, Array.scalar(-1), new int[] {2}).sum())
                .apply(update);
        assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1}, byUpdate.flatten().toFloatArray());
    }

    @Test
    void an_empty_block_changes_nothing_wherever_it_is() {
        Array same = Ops.sliceUpdate(x, Ops.zeros(shape(2, 3, 0)), Array.scalar(4), new int[] {2});
        assertEquals(x.toString(), same.toString());
    }

    @Test
    void vmap_over_starts_does_each_by_itself() {
        Array rows = Ops.zeros(shape(3, 4));
        Array changed = Transforms.vmap((Array row, Array at) -> Ops.sliceUpdate(row, Array.of(1f), at, new int[] {0}))
                .apply(rows, Array.of(2, 0, -1));
        assertArrayEquals(new float[] {0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1}, changed.flatten().toFloatArray());
    }
}
