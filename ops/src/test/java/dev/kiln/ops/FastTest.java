package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class FastTest {

    private static Array zeros(long... dims) {
        Shape shape = Shape.shape(dims);
        return Array.copyOf(new float[(int) shape.size()], shape);
    }

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void an_rms_norm_is_one_node_of_the_promoted_dtype() {
        Array x = zeros(2, 4).astype(DType.FLOAT16);
        Array weight = zeros(4).astype(DType.BFLOAT16);
        assertEquals(DType.FLOAT32, Fast.rmsNorm(x, weight, 1e-5).dtype());
        assertEquals(DType.FLOAT16, Fast.rmsNorm(x, null, 1e-5).dtype());
        Array norm = Fast.rmsNorm(zeros(2, 4), zeros(4), 1e-5);
        assertEquals(new RmsNorm(1e-5), norm.node().primitive());
        assertEquals(2, norm.node().inputs().size());
    }

    @Test
    void rms_norm_of_integers_with_a_float_weight_is_a_float() {
        assertEquals(DType.FLOAT32, Fast.rmsNorm(zeros(2, 4).astype(DType.INT32), zeros(4), 1e-5).dtype());
    }

    @Test
    void rms_norm_refuses_in_the_order_and_words_of_mlx() {
        Array whole = zeros(2, 4).astype(DType.INT32);
        assertRefused("[rms_norm] Input must have at least 1 dimension but got input with 0 dimensions.",
                () -> Fast.rmsNorm(Array.scalar(1), zeros(1, 4), 1e-5));
        assertRefused("[rms_norm] (*weight) must have 1 dimension but has 2 dimensions.",
                () -> Fast.rmsNorm(whole, zeros(1, 4), 1e-5));
        assertRefused(
                "[rms_norm] (*weight) must have the same size as the last dimension of x but has 5 elements.",
                () -> Fast.rmsNorm(whole, zeros(5), 1e-5));
        assertRefused("[rms_norm] Received unsupported type int32.", () -> Fast.rmsNorm(whole, null, 1e-5));
        assertRefused("[rms_norm] Received unsupported type complex64.",
                () -> Fast.rmsNorm(zeros(2, 4).astype(DType.COMPLEX64), zeros(4), 1e-5));
    }

    @Test
    void layer_norm_refuses_in_the_words_of_mlx() {
        assertRefused("[layer_norm] weight must have 1 dimension but has 2 dimensions.",
                () -> Fast.layerNorm(zeros(2, 4), zeros(1, 4), null, 1e-5));
        assertRefused("[layer_norm] bias must have the same size as the last dimension of x but has 3 elements.",
                () -> Fast.layerNorm(zeros(2, 4), null, zeros(3), 1e-5));
        assertRefused("[layer_norm] Received unsupported type int32.",
                () -> Fast.layerNorm(zeros(2, 4).astype(DType.INT32), null, zeros(4), 1e-5));
    }

    @Test
    void layer_norm_promotes_over_x_weight_and_bias_if_there_is_a_weight() {
        Array x = zeros(2, 4).astype(DType.FLOAT16);
        Array weight = zeros(4).astype(DType.FLOAT16);
        Array bias = zeros(4);
        assertEquals(DType.FLOAT32, Fast.layerNorm(x, weight, bias, 1e-5).dtype());
        assertEquals(DType.FLOAT16, Fast.layerNorm(x, null, bias, 1e-5).dtype());
    }

    @Test
    void rope_refuses_what_does_not_fit_in_the_words_of_mlx() {
        Array x = zeros(2, 3, 4, 8);
        assertRefused("[rope] Input must have at least 3 dimensions but got input with 2 dimensions.",
                () -> Fast.rope(zeros(4, 8), 8, false, 10000, 1, 0));
        assertRefused("[rope] Input must be a floating type but got int32.",
                () -> Fast.rope(x.astype(DType.INT32), 8, false, 10000, 1, 0));
        assertRefused("[rope] offset must be a scalar or vector with 2 elements but has shape (3).",
                () -> Fast.rope(x, 8, false, 10000, 1, Array.of(1, 2, 3)));
        assertRefused("[rope] offset must be an integer but got type float32.",
                () -> Fast.rope(x, 8, false, 10000, 1, Array.scalar(1f)));
        assertRefused("[rope] dims must be positive but got 0.", () -> Fast.rope(x, 0, false, 10000, 1, 0));
        assertRefused("[rope] dims must be even but got 3.", () -> Fast.rope(x, 3, false, 10000, 1, 0));
        assertRefused("[rope] dims must not exceed the input's last dimension (8) but got 10.",
                () -> Fast.rope(x, 10, false, 10000, 1, 0));
        assertRefused("[rope] freqs must be one dimensional with size 4 but got shape (3).",
                () -> Fast.rope(x, 8, false, zeros(3), 1, 0));
    }

    @Test
    void attention_refuses_what_does_not_fit_in_the_words_of_mlx() {
        Array q = zeros(1, 4, 3, 8);
        Array k = zeros(1, 2, 5, 8);
        String op = "[scaled_dot_product_attention] ";
        assertRefused(op + "input with shape (4,8) expected to be rank 4",
                () -> Fast.scaledDotProductAttention(q, zeros(4, 8), k, 1));
        assertRefused(op + "mismatching batch dimension for input with shape (2,2,5,8).",
                () -> Fast.scaledDotProductAttention(q, zeros(2, 2, 5, 8), k, 1));
        assertRefused(op + "query, keys expected to have matching last dimension; found query shape (1,4,3,8) for"
                + " keys shape (1,2,5,4).", () -> Fast.scaledDotProductAttention(q, zeros(1, 2, 5, 4), k, 1));
        assertRefused(op + "n_heads must be a multiple of n_kv_heads, found n_heads 4 for n_kv_heads 3.",
                () -> Fast.scaledDotProductAttention(q, zeros(1, 3, 5, 8), zeros(1, 3, 5, 8), 1));
        assertRefused(op + "Invalid mask_mode diagonal. mask_mode must be 'causal' or '';"
                + " a mask that is an array is given itself.",
                () -> Fast.scaledDotProductAttention(q, k, k, 1, "diagonal"));
        assertRefused(op + "Received unsupported type int32.",
                () -> Fast.scaledDotProductAttention(q.astype(DType.INT32), k.astype(DType.INT32),
                        k.astype(DType.INT32), 1));
        assertRefused(op + "Mask type must promote to output type float16.",
                () -> Fast.scaledDotProductAttention(q.astype(DType.FLOAT16), k.astype(DType.FLOAT16),
                        k.astype(DType.FLOAT16), 1, zeros(3, 5)));
    }

    @Test
    void attention_has_the_queries_length_and_the_values_width() {
        Array y = Fast.scaledDotProductAttention(zeros(1, 4, 3, 8), zeros(1, 2, 5, 8), zeros(1, 2, 5, 6), 1, "causal");
        assertEquals(Shape.shape(1, 4, 3, 6), y.shape());
    }
}
