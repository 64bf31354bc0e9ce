package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static dev.kiln.ops.Ops.arange;
import static dev.kiln.ops.Ops.eye;
import static dev.kiln.ops.Ops.full;
import static dev.kiln.ops.Ops.linspace;
import static dev.kiln.ops.Ops.onesLike;
import static dev.kiln.ops.Ops.zeros;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiln.graph.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Shapes, dtypes and refusals of functions that make or choose: what is known before anything is computed. */
class CreationRulesTest {

    @Test
    void a_range_is_as_long_as_its_steps_fit() {
        assertEquals(shape(5), arange(5).shape());
        assertEquals(shape(0), arange(-5).shape());
        assertEquals(shape(3), arange(2, 7, 2).shape());
        assertEquals(shape(3), arange(7, 1, -2).shape());
        assertEquals(shape(0), arange(1, 7, -2).shape());
        assertEquals(shape(4), arange(0, 1, 0.3).shape());
        assertEquals(shape(1), arange(0, 1, Double.POSITIVE_INFINITY).shape());
        assertEquals(shape(0), arange(1, 0, Double.POSITIVE_INFINITY).shape());
        assertEquals(shape(3), arange(Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE).shape());
        assertEquals(shape(3), arange(Long.MAX_VALUE, Long.MIN_VALUE, -Long.MAX_VALUE).shape());
    }

    @Test
    void a_range_takes_its_dtype_from_its_numbers() {
        assertEquals(DType.INT32, arange(5).dtype());
        assertEquals(DType.INT64, arange(0, 5L).dtype());
        assertEquals(DType.FLOAT32, arange(0, 5, 1.0).dtype());
        assertEquals(DType.BFLOAT16, arange(5, DType.BFLOAT16).dtype());
        assertEquals(DType.FLOAT32, linspace(0, 1).dtype());
        assertEquals(shape(50), linspace(0, 1).shape());
    }

    @Test
    void impossible_ranges_are_refused() {
        refused("[arange] step must be nonzero.", () -> arange(0, 5, 0));
        refused("[arange] step must be nonzero.", () -> arange(0, 5, 0.0));
        refused("[arange] bool not supported for arange.", () -> arange(5, DType.BOOL));
        refused("[arange] Cannot compute length from 0 to NaN.", () -> arange(Double.NaN));
        refused("[arange] Cannot compute length from -Infinity to 1.", () -> arange(Double.NEGATIVE_INFINITY, 1));
        refused("[arange] Maximum size exceeded.", () -> arange(Long.MAX_VALUE));
        refused("[arange] Maximum size exceeded.", () -> arange(Long.MIN_VALUE, Long.MAX_VALUE));
        refused("[arange] Maximum size exceeded.", () -> arange(1e30));
        refused("[linspace] number of samples, -1, must be non-negative.", () -> linspace(0, 1, -1));
    }

    @Test
    void constants_are_float32_unless_something_says_otherwise() {
        assertEquals(DType.FLOAT32, zeros(shape(2)).dtype());
        assertEquals(DType.INT8, zeros(shape(2), DType.INT8).dtype());
        assertEquals(DType.FLOAT32, full(shape(2), 0.5).dtype());
        assertEquals(DType.INT32, full(shape(2), 5).dtype());
        assertEquals(DType.INT64, onesLike(Array.of(1L, 2L)).dtype());
        assertEquals(shape(2, 3), full(shape(2, 3), Array.of(1, 2, 3)).shape());
        refused("[broadcast_to] Cannot broadcast array of shape (3) into shape (3,2).",
                () -> full(shape(3, 2), Array.of(1, 2, 3)));
    }

    @Test
    void matrices_refuse_what_is_none() {
        assertEquals(shape(3, 4), eye(3, 4, 1, DType.INT32).shape());
        refused("[eye] N and M must be positive integers, but got -1 and -1.", () -> eye(-1));
        refused("[tril] array must be at least 2-D, but has shape (3).", () -> Ops.tril(Array.of(1, 2, 3)));
        refused("[triu] array must be at least 2-D, but has shape ().", () -> Ops.triu(Array.scalar(1)));
    }

    @Test
    void shapes_that_do_not_broadcast_are_refused() {
        Array two = zeros(shape(2));
        Array three = zeros(shape(3));
        refused("[where] Shapes (2) and (3) and (2) cannot be broadcast.", () -> Ops.where(two, three, two));
        refused("[add] Shapes (2) and (3) cannot be broadcast.", () -> two.add(three));
        refused("[clip] At most one of a_min and a_max may be None (null).", () -> two.clip((Array) null, null));
        refused("[divmod] Complex type not supported: complex64(2), float32(2).",
                () -> two.astype(DType.COMPLEX64).divmod(two));
    }

    private static void refused(String message, Executable action) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, action).getMessage());
    }
}
