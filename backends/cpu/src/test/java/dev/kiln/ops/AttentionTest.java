package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernel against the decomposition, which is the meaning of the operation. */
class AttentionTest {

    /** Shapes of an attention: batch, heads of queries and of keys, queries, keys, depth, width, and a seed. */
    record Sizes(int batch, int heads, int keyHeads, int queries, int keys, int depth, int width, int seed) {
        Array q(DType dtype) {
            return draw(0, dtype, Shape.shape(batch, heads, queries, depth));
        }

        Array k(DType dtype) {
            return draw(1, dtype, Shape.shape(batch, keyHeads, keys, depth));
        }

        Array v(DType dtype) {
            return draw(2, dtype, Shape.shape(batch, keyHeads, keys, width));
        }

        Array mask(DType dtype) {
            Shape shape = Shape.shape(heads, queries, keys);
            return dtype == DType.BOOL
                    ? Random.bernoulli(0.6, shape, Random.key(seed + 3)).eval()
                    : draw(3, dtype, shape);
        }

        private Array draw(int number, DType dtype, Shape shape) {
            return Random.normal(shape, dtype, Random.key(10L * seed + number)).eval();
        }

        double scale() {
            return 1 / Math.sqrt(depth);
        }
    }

    static List<Sizes> sizes() {
        return List.of(new Sizes(1, 1, 1, 1, 1, 1, 1, 1), new Sizes(2, 8, 2, 1, 300, 64, 64, 2),
                new Sizes(1, 6, 6, 1, 65, 48, 20, 3), new Sizes(1, 4, 2, 37, 37, 128, 128, 4),
                new Sizes(2, 3, 1, 5, 130, 24, 40, 5), new Sizes(1, 2, 2, 130, 64, 16, 16, 6),
                new Sizes(1, 7, 1, 3, 4, 80, 8, 7));
    }

    private static Array meaning(Array attention) {
        Node node = attention.node();
        Primitive primitive = Objects.requireNonNull(node.primitive());
        return new Array(primitive.decompose(node.inputs()).orElseThrow());
    }

    private static void assertMeaning(Array attention, double tolerance) {
        Array meaning = meaning(attention);
        assertEquals(List.of(List.of("scaled_dot_product_attention")), Schedules.kernels(attention));
        Conformance.assertClose("attention", meaning, attention, tolerance, tolerance);
    }

    private static void assertMeaning(Sizes sizes, DType dtype, @Nullable Array mask, double tolerance) {
        assertMeaning(Fast.scaledDotProductAttention(sizes.q(dtype), sizes.k(dtype), sizes.v(dtype), sizes.scale(),
                mask), tolerance);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void every_query_sees_every_key_without_a_mask(Sizes sizes) {
        assertMeaning(sizes, DType.FLOAT32, null, 2e-6);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void a_causal_mask_hides_later_keys(Sizes sizes) {
        assertMeaning(Fast.scaledDotProductAttention(sizes.q(DType.FLOAT32), sizes.k(DType.FLOAT32),
                sizes.v(DType.FLOAT32), sizes.scale(), "causal"), 2e-6);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void a_bool_mask_says_which_keys_are_seen(Sizes sizes) {
        assertMeaning(sizes, DType.FLOAT32, sizes.mask(DType.BOOL), 2e-6);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void other_masks_are_added(Sizes sizes) {
        assertMeaning(sizes, DType.FLOAT32, sizes.mask(DType.FLOAT32), 2e-6);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void sixteen_bit_inputs_are_rounded_once_at_the_end(DType dtype) {
        for (Sizes sizes : sizes()) {
            assertMeaning(sizes, dtype, sizes.mask(dtype), dtype == DType.FLOAT16 ? 1e-3 : 1e-2);
        }
    }

    @Test
    void float64_runs_its_decomposition_in_float64() {
        Sizes sizes = sizes().get(3);
        Array wide = Fast.scaledDotProductAttention(sizes.q(DType.FLOAT32).astype(DType.FLOAT64),
                sizes.k(DType.FLOAT32), sizes.v(DType.FLOAT32), sizes.scale(), "causal");
        Array narrow = Fast.scaledDotProductAttention(sizes.q(DType.FLOAT32), sizes.k(DType.FLOAT32),
                sizes.v(DType.FLOAT32), sizes.scale(), "causal");
        assertEquals(DType.FLOAT64, wide.dtype());
        Conformance.assertClose("float64", wide, narrow.astype(DType.FLOAT64), 1e-5, 1e-6);
    }

    @Test
    void slices_of_a_cache_and_transposed_queries_are_read_in_place() {
        Array cache = Random.normal(Shape.shape(2, 4, 100, 32), DType.FLOAT32, Random.key(1)).eval();
        Array keys = Ops.slice(cache, new long[] {0, 0, 0, 0}, new long[] {2, 2, 70, 32});
        Array values = Ops.slice(cache, new long[] {0, 2, 5, 0}, new long[] {2, 4, 75, 32});
        Array queries = Ops.transpose(
                Random.normal(Shape.shape(2, 3, 6, 32), DType.FLOAT32, Random.key(2)).eval(), new int[] {0, 2, 1, 3});
        assertMeaning(Fast.scaledDotProductAttention(queries, keys, values, 0.2, "causal"), 2e-6);
    }

    @Test
    void columns_may_lie_apart() {
        Array keys = Random.normal(Shape.shape(1, 2, 16, 50), DType.BFLOAT16, Random.key(1)).eval();
        Array queries = Random.normal(Shape.shape(1, 2, 3, 16), DType.BFLOAT16, Random.key(2)).eval();
        Array swapped = Ops.swapaxes(keys, -1, -2);
        assertMeaning(Fast.scaledDotProductAttention(queries, swapped, swapped, 0.25), 1e-2);
    }

    /** A cache of keys and values by feature, filled up to some position, of which a window is seen. */
    @ParameterizedTest(name = "{0} keys seen from {1} to {2}, heads {3} wide, {4} queries for a head of keys, {5}")
    @CsvSource({"256, 0, 1, 8, 2, FLOAT32", "256, 0, 130, 8, 2, FLOAT32", "700, 3, 699, 8, 1, BFLOAT16",
        "300, 17, 291, 64, 8, FLOAT16", "300, 8, 16, 24, 15, FLOAT32", "5, 4, 5, 16, 3, FLOAT32",
        "64, 0, 64, 128, 4, BFLOAT16", "700, 0, 700, 80, 2, FLOAT32",
        "1030, 520, 1025, 6, 4, FLOAT32"})
    void of_a_cache_by_feature_only_what_the_mask_lets_through_is_read(int keys, int from, int to, int width, int group,
            DType dtype) {
        Array places = Ops.arange(keys);
        Array mask = places.greaterEqual(from).logicalAnd(places.less(to)).eval();
        Array unread = Ops.where(mask, Array.scalar(0, dtype), Array.scalar(Float.NaN, dtype));
        Array q = Random.normal(Shape.shape(2, 3 * group, 1, width), dtype, Random.key(1)).eval();
        Array k = Random.normal(Shape.shape(2, 3, width, keys), dtype, Random.key(2)).eval();
        Array v = Random.normal(Shape.shape(2, 3, width, keys), dtype, Random.key(3)).eval();
        Array expected = meaning(Fast.scaledDotProductAttention(q, k.swapaxes(2, 3), v.swapaxes(2, 3), 0.3, mask));
        Array filled = Fast.scaledDotProductAttention(q, k.add(unread).eval().swapaxes(2, 3),
                v.add(unread).eval().swapaxes(2, 3), 0.3, mask);
        double tolerance = dtype == DType.FLOAT32 ? 2e-6 : dtype == DType.FLOAT16 ? 1e-3 : 1e-2;
        Conformance.assertClose("attention", expected, filled, tolerance, tolerance);
    }

    @Test
    void a_query_that_sees_no_key_gets_zeros() {
        Sizes sizes = sizes().get(4);
        Array hidden = Array.scalar(false);
        Array result = Fast.scaledDotProductAttention(sizes.q(DType.FLOAT32), sizes.k(DType.FLOAT32),
                sizes.v(DType.FLOAT32), 1, hidden);
        assertArrayEquals(new float[(int) result.size()], result.toFloatArray());
        Array minusInfinity = Array.scalar(Float.NEGATIVE_INFINITY);
        assertMeaning(sizes, DType.FLOAT32, minusInfinity, 0);
        Array moreQueriesThanKeys = Fast.scaledDotProductAttention(sizes().get(5).q(DType.FLOAT32),
                sizes().get(5).k(DType.FLOAT32), sizes().get(5).v(DType.FLOAT32), 1, "causal");
        assertMeaning(moreQueriesThanKeys, 2e-6);
    }

    @Test
    void a_nan_among_the_keys_reaches_the_queries_that_see_it_and_no_others() {
        Array q = Array.copyOf(new float[] {1, 1}, Shape.shape(1, 1, 2, 1));
        Array v = Array.copyOf(new float[] {2, 5}, Shape.shape(1, 1, 2, 1));
        Array k = Array.copyOf(new float[] {1, Float.NaN}, Shape.shape(1, 1, 2, 1));
        assertArrayEquals(new float[] {2, Float.NaN},
                Fast.scaledDotProductAttention(q, k, v, 1, "causal").toFloatArray());
    }

    @Test
    void nothing_comes_of_empty_inputs() {
        Array none = Array.copyOf(new float[0], Shape.shape(1, 2, 0, 4));
        Array some = Array.copyOf(new float[24], Shape.shape(1, 2, 3, 4));
        assertEquals(0, Fast.scaledDotProductAttention(none, some, some, 1).toFloatArray().length);
        assertArrayEquals(new float[24], Fast.scaledDotProductAttention(some, none, none, 1).toFloatArray());
    }
}
