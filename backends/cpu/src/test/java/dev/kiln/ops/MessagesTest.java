package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiln.graph.DType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Whoever passes what does not fit is told by the operation that was called, not by one inside of it. */
class MessagesTest {

    private static Array ones(long... dims) {
        return Ops.ones(shape(dims));
    }

    private static Array indices(long... dims) {
        return Ops.zeros(shape(dims), DType.INT32);
    }

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void shapes_that_do_not_broadcast_are_told_by_the_operation() {
        assertRefused("[take_along_axis] Shapes (2,1) and (5,1) cannot be broadcast.",
                () -> Ops.takeAlongAxis(ones(2, 3), indices(5, 3), 1));
        assertRefused("[matmul] Shapes (2) and (5) cannot be broadcast.",
                () -> Ops.matmul(ones(2, 3, 4), ones(5, 4, 3)));
        assertRefused("[broadcast_arrays] Shapes (2) and (3) cannot be broadcast.",
                () -> Ops.broadcastArrays(List.of(ones(2), ones(3))));
        assertRefused("[slice_update] Cannot broadcast array of shape (3) into shape (2).",
                () -> Ops.sliceUpdate(ones(4), ones(3), new long[] {0}, new long[] {2}));
        assertRefused("[put_along_axis] Cannot broadcast array of shape (3,1) into shape (2,1).",
                () -> Ops.putAlongAxis(ones(2, 3), indices(2, 1), ones(3, 1), 1));
    }

    @Test
    void axes_and_lengths_are_told_by_the_operation() {
        assertRefused("[cumsum] Axis 3 is out of bounds for array with 1 dimensions.",
                () -> Ops.cumsum(ones(2), 3, true, true));
        assertRefused("[tri] N and M must be positive integers, but got -1 and 2.",
                () -> Ops.tri(-1, 2, 0, DType.FLOAT32));
        assertRefused("[permutation] There is no permutation of -1 numbers.",
                () -> Random.permutation(-1, Random.key(0)));
        assertRefused("[categorical] Cannot draw from logits with shape (3,0), which have none along axis -1.",
                () -> Random.categorical(ones(3, 0)));
        assertEquals(shape(0), Random.categorical(ones(0, 3)).shape());
    }

    @Test
    void an_unknown_mask_is_told_which_there_are() {
        Array q = ones(1, 1, 2, 4);
        assertRefused("[scaled_dot_product_attention] Invalid mask_mode array. mask_mode must be 'causal' or '';"
                + " a mask that is an array is given itself.",
                () -> Fast.scaledDotProductAttention(q, q, q, 1, "array"));
    }
}
