package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static dev.kiln.ops.Ops.zeros;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Shapes, dtypes and refusals of reductions: what is known before anything is computed. */
class ReductionRulesTest {

    private static final Array A = zeros(shape(2, 3, 4));

    @Test
    void folded_axes_go_or_stay_with_length_1() {
        assertEquals(Shape.SCALAR, A.sum().shape());
        assertEquals(shape(2, 3), A.mean(-1).shape());
        assertEquals(shape(2, 1, 4), A.max(1, true).shape());
        assertEquals(shape(4), A.prod(new int[] {1, 0}, false).shape());
        assertEquals(shape(1, 3, 1), A.logsumexp(new int[] {-1, 0}, true).shape());
        assertEquals(shape(2, 3, 1), A.var(-1, true).shape());
        assertEquals(shape(1, 1, 1), A.argmax(true).shape());
        assertEquals(Shape.SCALAR, A.argmin().shape());
        assertEquals(shape(2, 4), A.argmin(1).shape());
        assertEquals(A.shape(), A.softmax(new int[] {0, 2}, true).shape());
    }

    @Test
    void an_empty_list_of_axes_folds_nothing() {
        assertSame(A, A.sum(new int[0], false));
        assertSame(A, A.max(new int[0], true));
        assertEquals(A.shape(), A.var(new int[0], false).shape());
        assertEquals(DType.BOOL, A.all(new int[0], false).dtype());
    }

    @ParameterizedTest
    @CsvSource({"BOOL, INT32", "INT8, INT32", "INT16, INT32", "INT32, INT32", "INT64, INT64", "UINT8, UINT32",
        "UINT16, UINT32", "UINT32, UINT32", "UINT64, UINT64", "FLOAT16, FLOAT16", "BFLOAT16, BFLOAT16",
        "FLOAT32, FLOAT32", "FLOAT64, FLOAT64", "COMPLEX64, COMPLEX64"})
    void sums_and_products_are_at_least_32_bits_wide(DType in, DType out) {
        assertEquals(out, zeros(shape(3), in).sum().dtype());
        assertEquals(out, zeros(shape(3), in).prod().dtype());
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void other_reductions_give_the_dtypes_of_mlx(DType dtype) {
        Array a = zeros(shape(2, 3), dtype);
        DType inexact = dtype.isIntegral() ? DType.FLOAT32 : dtype;
        DType real = dtype == DType.COMPLEX64 ? DType.FLOAT32 : inexact;
        assertEquals(inexact, a.mean().dtype());
        assertEquals(inexact, a.logsumexp(0).dtype());
        assertEquals(inexact, a.softmax(0).dtype());
        assertEquals(real, a.var().dtype());
        assertEquals(real, a.std(1, false, 1).dtype());
        assertEquals(dtype, a.max().dtype());
        assertEquals(dtype, a.min(1).dtype());
        assertEquals(DType.BOOL, a.all().dtype());
        assertEquals(DType.BOOL, a.any(-1).dtype());
        assertEquals(DType.UINT32, a.argmax().dtype());
        assertEquals(DType.UINT32, a.argmin(0).dtype());
    }

    @Test
    void an_axis_that_is_not_there_is_refused() {
        refused("[sum] Axis 3 is out of bounds for array with 3 dimensions and shape (2,3,4).", () -> A.sum(3));
        refused("[argmax] Axis -4 is out of bounds for array with 3 dimensions and shape (2,3,4).",
                () -> A.argmax(-4));
        refused("[softmax] Axis 0 is out of bounds for array with 0 dimensions and shape ().",
                () -> Array.scalar(1).softmax(0));
        refused("[std] Axis 5 is out of bounds for array with 3 dimensions and shape (2,3,4).",
                () -> A.std(5, false, 1));
    }

    @Test
    void an_axis_given_twice_is_refused() {
        refused("[max] Received duplicate axes [1, -2] for array with shape (2,3,4).",
                () -> A.max(new int[] {1, -2}, false));
    }

    @Test
    void what_has_no_answer_for_nothing_refuses_empty_arrays() {
        Array empty = zeros(shape(2, 0));
        refused("[max] Cannot max reduce over axis 1 with size 0 of shape (2,0).", () -> empty.max());
        refused("[min] Cannot min reduce over axis 1 with size 0 of shape (2,0).", () -> empty.min(-1));
        assertEquals(shape(0), empty.max(0).shape());
        refused("[argmax] Cannot argmax reduce zero size array of shape (2,0).", () -> empty.argmax(0));
        refused("[argmin] Cannot argmin reduce zero size array of shape (2,0).", () -> empty.argmin());
        refused("[logsumexp] Received empty array of shape (2,0).", () -> empty.logsumexp());
    }

    @Test
    void a_missing_argument_is_named() {
        assertEquals("[sum] Argument a is null.",
                assertThrows(NullPointerException.class, () -> Ops.sum(null)).getMessage());
        assertEquals("[mean] Argument axes is null.",
                assertThrows(NullPointerException.class, () -> A.mean(null, false)).getMessage());
        assertEquals("[add] Argument b is null.",
                assertThrows(NullPointerException.class, () -> A.add((Array) null)).getMessage());
        assertEquals("[exp] Argument a is null.",
                assertThrows(NullPointerException.class, () -> Ops.exp(null)).getMessage());
        assertEquals("[where] Argument x is null.",
                assertThrows(NullPointerException.class, () -> Ops.where(A, (Array) null, A)).getMessage());
    }

    @Test
    void a_missing_array_to_evaluate_is_named() {
        assertEquals("[eval] Argument array is null.",
                assertThrows(NullPointerException.class, () -> Ops.eval((Array) null)).getMessage());
        assertEquals("[eval] Argument arrays is null.",
                assertThrows(NullPointerException.class, () -> Ops.eval((Array[]) null)).getMessage());
        assertEquals("[asyncEval] Argument array is null.",
                assertThrows(NullPointerException.class, () -> Ops.asyncEval(A, null)).getMessage());
        assertEquals("[Explain.of] Argument array is null.",
                assertThrows(NullPointerException.class, () -> Explain.of((Array) null)).getMessage());
        try (Scope scope = Scope.open()) {
            assertEquals("[Scope.keep] Argument array is null.",
                    assertThrows(NullPointerException.class, () -> scope.keep((Array) null)).getMessage());
        }
    }

    private static void refused(String message, Executable action) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, action).getMessage());
    }
}
