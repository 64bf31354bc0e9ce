package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradients of attention block by block, against those of its parts in float64. */
class AttentionGradientTest {

    private static final long SEED = 31;

    /** Heads of queries and of keys, queries, keys, depth, width of the values. */
    static Stream<Arguments> shapes() {
        return Stream.of(new int[] {1, 1, 1, 1, 1, 1}, new int[] {2, 1, 5, 7, 3, 4}, new int[] {4, 2, 33, 70, 8, 8},
                new int[] {3, 3, 65, 65, 16, 20}, new int[] {2, 2, 70, 129, 20, 3}, new int[] {2, 1, 9, 4, 5, 5})
                .flatMap(dims -> Stream.of("", "causal", "added", "seen").map(mask -> Arguments.of(dims, mask, SEED)));
    }

    private static Array drawn(long seed, DType dtype, long... dims) {
        return Random.normal(Shape.shape(dims), DType.FLOAT32, Random.key(seed)).astype(dtype).eval();
    }

    private static Function<List<Array>, Array> attention(String mask, @Nullable Array array) {
        return x -> array == null
                ? Fast.scaledDotProductAttention(x.get(0), x.get(1), x.get(2), 0.5, mask)
                : Fast.scaledDotProductAttention(x.get(0), x.get(1), x.get(2), 0.5,
                        array.dtype() == DType.BOOL ? array : array.astype(x.get(0).dtype()));
    }

    private static void check(String what, int[] d, String mask, long seed, DType dtype, double tolerance) {
        List<Array> x = List.of(drawn(seed, dtype, 2, d[0], d[2], d[4]), drawn(seed + 1, dtype, 2, d[1], d[3], d[4]),
                drawn(seed + 2, dtype, 2, d[1], d[3], d[5]));
        Array cotangent = drawn(seed + 3, dtype, 2, d[0], d[2], d[5]);
        Array scores = drawn(seed + 4, dtype, d[0], d[2], d[3]);
        Array given = switch (mask) {
            case "added" -> scores;
            case "seen" -> scores.greater(0); // some rows may see nothing
            default -> null;
        };
        Function<List<Array>, Array> call = attention(mask, given);
        List<Array> wide = x.stream().map(a -> a.astype(DType.FLOAT64)).toList();
        List<Array> expected = Transforms.vjp(call, wide, cotangent.astype(DType.FLOAT64)).cotangents();
        List<Array> actual = Transforms.vjp(call, x, cotangent).cotangents();
        for (int i = 0; i < x.size(); i++) {
            Conformance.assertClose(what + ", input " + i, expected.get(i).astype(dtype), actual.get(i), tolerance,
                    tolerance);
        }
    }

    @ParameterizedTest(name = "{0}, mask {1}, seed {2}")
    @MethodSource("shapes")
    void gradients_are_those_of_the_parts(int[] dims, String mask, long seed) {
        check(mask, dims, mask, seed, DType.FLOAT32, 2e-5);
        check(mask + " in float16", dims, mask, seed, DType.FLOAT16, 4e-3 * Math.sqrt(dims[2]));
    }

    @Test
    void scores_are_never_stored_as_a_whole() {
        List<Array> x = List.of(drawn(1, DType.FLOAT32, 1, 2, 40, 8), drawn(2, DType.FLOAT32, 1, 2, 50, 8),
                drawn(3, DType.FLOAT32, 1, 2, 50, 8));
        List<Array> gradients = Transforms.<List<Array>, Array>vjp(attention("causal", null), x,
                drawn(4, DType.FLOAT32, 1, 2, 40, 8)).cotangents();
        for (Array gradient : gradients) {
            assertEquals(List.of(List.of("scaled_dot_product_attention"), List.of("scaled_dot_product_attention_vjp")),
                    Schedules.kernels(gradient));
        }
    }

    @Test
    void transposed_heads_are_read_where_they_are() {
        Array packed = drawn(5, DType.FLOAT32, 2, 10, 3, 8); // batch, position, head, feature
        Function<Array, Array> call = a -> {
            Array heads = Ops.swapaxes(a, 1, 2);
            return Fast.scaledDotProductAttention(heads, heads, heads, 0.3).square().sum();
        };
        Array wide = Transforms.grad(call).apply(packed.astype(DType.FLOAT64));
        Conformance.assertClose("gradient", wide.astype(DType.FLOAT32), Transforms.grad(call).apply(packed), 1e-4,
                1e-4);
    }
}
