package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static dev.kiln.ops.Transforms.checkpoint;
import static dev.kiln.ops.Transforms.customFunction;
import static dev.kiln.ops.Transforms.grad;
import static dev.kiln.ops.Transforms.jvp;
import static dev.kiln.ops.Transforms.valueAndGrad;
import static dev.kiln.ops.Transforms.vmap;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Memory;
import dev.kiln.ops.nn.Losses;
import dev.kiln.ops.nn.Reduction;
import dev.kiln.ops.optimizers.SGD;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Derivatives that would be wrong without anybody being told. */
class DerivativesAtEdgesTest {

    /** A function of one number that is written like an RMS norm of (1, 2, 3), and where to differentiate it. */
    record Hidden(String what, UnaryOperator<Array> function, double at) {

        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Hidden> hidden() {
        Array x = Array.of(1f, 2f, 3f);
        return Stream.of(new Hidden("what is added to the mean",
                e -> x.multiply(x.square().mean(-1, true).add(e).rsqrt()).sum(), 0.5),
                new Hidden("the exponent", e -> x.multiply(x.square().mean(-1, true).add(0.1).power(e)).sum(), -0.5),
                new Hidden("the number of elements",
                        e -> x.multiply(x.square().sum(-1, true).divide(e).add(0.1).rsqrt()).sum(), 3),
                new Hidden("what the root divides",
                        e -> x.multiply(e.divide(x.square().mean(-1, true).add(0.1).sqrt())).sum(), 1),
                new Hidden("the power of the elements",
                        e -> x.multiply(x.power(e).mean(-1, true).add(0.1).rsqrt()).sum(), 2));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hidden")
    void a_number_of_a_hand_written_norm_is_no_constant_to_a_derivative_by_it(Hidden norm) {
        Array at = Array.scalar((float) norm.at);
        double h = 1e-2;
        double slope = (value(norm.function, norm.at + h) - value(norm.function, norm.at - h)) / (2 * h);
        assertEquals(slope, number(grad((Array e) -> norm.function.apply(e)).apply(at)), 2e-3);
        assertEquals(slope,
                number(jvp((Array e) -> norm.function.apply(e), at, Array.scalar(1f)).tangents()), 2e-3);
        double bend = (value(norm.function, norm.at + h) - 2 * value(norm.function, norm.at)
                + value(norm.function, norm.at - h)) / (h * h);
        assertEquals(bend, number(grad(grad((Array e) -> norm.function.apply(e))::apply).apply(at)),
                0.02 + 0.02 * Math.abs(bend));
    }

    private static double value(UnaryOperator<Array> function, double at) {
        return number(function.apply(Array.scalar((float) at)));
    }

    private static double number(Array a) {
        return ((Number) a.item()).doubleValue();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"FLOAT16", "BFLOAT16", "FLOAT32", "FLOAT64"})
    void cross_entropy_and_its_gradient_keep_the_digits_of_large_logits(DType dtype) {
        double[] logits = {30, 27, 25};
        Array l = Array.of(logits).reshape(1, 3).astype(dtype);
        double sum = Stream.of(30., 27., 25.).mapToDouble(v -> Math.exp(v - 30)).sum();
        double rounding = dtype == DType.BFLOAT16 ? 1 / 128. : dtype == DType.FLOAT16 ? 1 / 1024. : 1e-6;
        assertEquals(Math.log(sum), number(Losses.crossEntropy(l, Array.of(0), Reduction.SUM)),
                Math.log(sum) * rounding);
        double[] gradient = grad((Array q) -> Losses.crossEntropy(q, Array.of(0), Reduction.SUM)).apply(l)
                .astype(DType.FLOAT64).flatten().toDoubleArray();
        double[] powers = grad((Array q) -> q.logsumexp(-1).sum()).apply(l).astype(DType.FLOAT64).flatten()
                .toDoubleArray();
        for (int i = 0; i < 3; i++) {
            double p = Math.exp(logits[i] - 30) / sum;
            assertEquals(p, powers[i], p * rounding);
            assertEquals(i == 0 ? p - 1 : p, gradient[i], rounding / 2);
        }
    }

    @Test
    void the_gradient_of_a_mean_and_of_a_maximum_of_more_float16s_than_float16_counts_is_not_zero() {
        Array x = Ops.zeros(shape(70_000), DType.FLOAT16);
        float part = Float.float16ToFloat(Float.floatToFloat16(1f / 70_000));
        assertEquals(part, grad((Array a) -> a.mean()).apply(x).astype(DType.FLOAT32).toFloatArray()[69_999]);
        assertEquals(part, grad((Array a) -> a.max()).apply(x).astype(DType.FLOAT32).toFloatArray()[0]);
    }

    record Layers(Array[][] weights, Pair[] pairs) {}

    record Pair(Array a, Array b) {}

    @Test
    void arrays_in_java_arrays_of_arrays_and_of_records_are_trained() {
        Array five = Array.scalar(5f);
        Layers layers = new Layers(new Array[][] {{five, five}, {five}}, new Pair[] {new Pair(five, five)});
        Layers gradient = grad((Layers l) -> l.weights[0][1].square().add(l.pairs[0].b.multiply(3)).sum())
                .apply(layers);
        assertEquals(List.of("weights.0.0", "weights.0.1", "weights.1.0", "pairs.0.a", "pairs.0.b"),
                List.copyOf(Tree.of(layers).named().keySet()));
        assertEquals(0, number(gradient.weights[0][0]));
        assertEquals(10, number(gradient.weights[0][1]));
        assertEquals(3, number(gradient.pairs[0].b));
        SGD sgd = new SGD(0.1);
        assertEquals(4, number(sgd.update(layers, gradient, sgd.init(layers)).parameters().weights[0][1]), 1e-6);
    }

    @Test
    void arrays_where_no_tree_has_any_are_refused_as_an_argument_without_arrays_is() {
        says("[tree] Arrays stand in a java.util.", () -> grad((Set<Array> s) -> Array.scalar(1f))
                .apply(Set.of(Array.scalar(1f))));
        says("[tree] Arrays stand in a java.util.Optional", () -> Tree.of(Map.of("a", Optional.of(Array.scalar(1f)))));
        says("[grad] The argument, a java.lang.String, holds no arrays", () -> grad((String s) -> Array.scalar(1f))
                .apply("weights"));
        assertEquals(0, Tree.of(new Object[] {Set.of("a name"), Optional.empty()}).leaves().size());
    }

    @Test
    void a_step_against_a_complex_gradient_goes_downhill() {
        Array target = Array.scalar(1f).add(Scalars.i().multiply(-2));
        Array w = Array.scalar(0f).astype(DType.COMPLEX64);
        for (int i = 0; i < 60; i++) {
            w = w.subtract(grad((Array z) -> {
                Array miss = z.subtract(target);
                return miss.multiply(miss.conjugate()).real().sum();
            }).apply(w).multiply(0.1)).eval();
        }
        assertEquals(1, number(w.real()), 1e-4);
        assertEquals(-2, number(w.imag()), 1e-4);
        Array z = Array.scalar(0.6f).add(Scalars.i().multiply(0.8));
        Array byAbs = grad((Array a) -> a.abs()).apply(z);
        assertArrayEquals(new double[] {0.6, 0.8}, new double[] {number(byAbs.real()), number(byAbs.imag())}, 1e-6);
        Array bySquare = grad((Array a) -> a.multiply(a).real()).apply(z);
        assertArrayEquals(new double[] {1.2, -1.6}, new double[] {number(bySquare.real()), number(bySquare.imag())},
                1e-6);
        Array custom = grad((Array a) -> customFunction((Array b) -> b.square())
                .vjp((b, g, y) -> g.multiply(b.conjugate()).multiply(2)).apply(a).real()).apply(z);
        assertEquals(-1.6, number(custom.imag()), 1e-6);
    }

    @Test
    void a_rope_has_derivatives_by_its_frequencies() {
        Array x = Ops.arange(1, 9, 1, DType.FLOAT32).reshape(1, 2, 4);
        UnaryOperator<Array> rope = freqs -> Fast.rope(x, 4, false, freqs, 1, Array.scalar(3)).square().multiply(x)
                .sum();
        double[] at = {0.7, 2.5};
        float[] gradient = grad((Array f) -> rope.apply(f)).apply(Array.of(0.7f, 2.5f)).toFloatArray();
        for (int i = 0; i < 2; i++) {
            double h = 1e-2;
            float[] more = {(float) at[0], (float) at[1]};
            float[] less = more.clone();
            more[i] += (float) h;
            less[i] -= (float) h;
            double slope = (number(rope.apply(Array.of(more))) - number(rope.apply(Array.of(less)))) / (2 * h);
            assertEquals(slope, gradient[i], 0.02 * Math.max(1, Math.abs(slope)));
        }
    }

    @Test
    void own_rules_are_not_asked_to_lose_a_derivative_by_what_the_function_was_not_given() {
        Array x = Array.scalar(3f);
        String said = says("[custom_function] The function depends on an array, float32()",
                () -> grad((Array w) -> checkpoint((Array h) -> w.multiply(h)).apply(x)).apply(Array.scalar(2f)));
        assertTrue(said.contains("Make it an argument"), said);
        assertEquals(3, number(grad((Array w) -> checkpoint((Array a, Array h) -> a.multiply(h)).apply(w, x))
                .apply(Array.scalar(2f))));
        assertEquals(2, number(grad((Array w) -> checkpoint((Array h) -> Transforms.stopGradient(w).multiply(h))
                .apply(w)).apply(Array.scalar(2f))));
        assertEquals(2, number(grad((Array w) -> customFunction((Array h) -> w.multiply(h)).vmap((a, axes) -> a)
                .apply(Array.scalar(2f))).apply(Array.scalar(5f))));
    }

    @Test
    void a_rule_is_asked_once_for_all_results_of_a_call() {
        AtomicInteger asked = new AtomicInteger();
        var three = customFunction((Array x) -> List.of(x, x.multiply(2), x.multiply(3), x.multiply(4)))
                .vjp((x, g, y) -> {
                    asked.incrementAndGet();
                    return g.get(0).add(g.get(1).multiply(2)).add(g.get(2).multiply(3)).add(g.get(3).multiply(4));
                });
        Array gradient = grad((Array x) -> {
            List<Array> y = three.apply(x);
            return y.get(2).multiply(y.get(0)).add(y.get(1).exp().sum());
        }).apply(Array.scalar(0.5f));
        assertEquals(3 + 2 * Math.exp(1), number(gradient), 1e-5);
        assertEquals(1, asked.get());
    }

    @Test
    void nested_checkpoints_of_several_results_run_their_function_twice_a_level_at_most() {
        AtomicInteger calls = new AtomicInteger();
        UnaryOperator<List<Array>> inner = pair -> {
            calls.incrementAndGet();
            return List.of(pair.get(0).multiply(pair.get(1)), pair.get(0).add(pair.get(1)));
        };
        for (int depth = 0; depth < 5; depth++) {
            var checkpointed = checkpoint(inner::apply);
            inner = checkpointed::apply;
        }
        UnaryOperator<List<Array>> all = inner;
        Array both = valueAndGrad((List<Array> p) -> Ops.add(all.apply(p).get(0), all.apply(p).get(1)))
                .apply(List.of(Array.scalar(2f), Array.scalar(3f))).value();
        assertEquals(11, number(both));
        assertTrue(calls.get() <= 2 * (5 + 1) * 2, calls + " calls");
    }

    @Test
    void what_an_own_rule_returns_must_be_like_what_it_stands_for() {
        Array x = Array.of(1f, 2f);
        var jvpRule = customFunction((Array a) -> a.sum()).jvp((a, t) -> Ops.zeros(shape(3)));
        says("[custom_function] The jvp rule must return a tangent for each array in the outputs, [float32()]",
                () -> jvp((Array a) -> jvpRule.apply(a), x, x));
        var vmapRule = customFunction((Array a) -> a.sum()).vmap((a, axes) -> a);
        says("[custom_function] The vmap rule must return a result with the axis in front for each array",
                () -> vmap((Array a) -> vmapRule.apply(a)).apply(Ops.ones(shape(4, 2))));
    }

    @Test
    void powers_of_zero_have_all_their_derivatives() {
        List<Double> found = new ArrayList<>();
        for (int exponent = 0; exponent < 4; exponent++) {
            int e = exponent;
            UnaryOperator<Array> f = x -> x.power(e);
            for (int order = 0; order < 3; order++) {
                UnaryOperator<Array> g = f;
                f = x -> grad((Array a) -> g.apply(a)).apply(x);
                found.add(number(f.apply(Array.scalar(0f))));
            }
        }
        assertEquals(List.of(0., 0., 0., 1., 0., 0., 0., 2., 0., 0., 0., 6.), found);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void a_query_without_keys_gets_zeros_and_gives_none(DType dtype) {
        Array q = Ops.ones(shape(1, 1, 2, 4), dtype);
        Array none = Ops.ones(shape(1, 1, 0, 4), dtype);
        assertEquals(Ops.zeros(shape(1, 1, 2, 4), dtype).toString(),
                Fast.scaledDotProductAttention(q, none, none, 1).toString());
        List<Array> gradients = grad((List<Array> a) -> Fast.scaledDotProductAttention(a.get(0), a.get(1), a.get(2), 1)
                .sum()).apply(List.of(q, none, none));
        assertEquals(0, number(gradients.get(0).abs().sum()));
        assertEquals(none.shape(), gradients.get(1).eval().shape());
    }

    @Test
    void the_gradient_of_a_long_cumulative_product_is_right_where_elements_are_zero_and_takes_no_square_of_memory() {
        int n = 5000;
        double[] x = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = i == 20 || i == 4000 ? 0 : 1 + 1e-3 * Math.sin(i);
        }
        double[] expected = new double[n];
        for (int i = 0; i < n; i++) {
            double before = 1;
            for (int j = 0; j < i; j++) {
                before *= x[j];
            }
            for (int j = i; j < n && before != 0; j++) {
                before *= j == i ? 1 : x[j];
                expected[i] += before;
            }
        }
        long limit = Memory.limit(Memory.active() + (64L << 20));
        try {
            assertArrayEquals(expected, grad((Array a) -> Ops.cumprod(a, 0).sum()).apply(Array.of(x)).toDoubleArray(),
                    1e-7);
        } finally {
            Memory.limit(limit);
        }
    }

    @Test
    void attention_averages_float64s_whose_masks_all_are_lower_than_any_float32() {
        Array ones = Ops.ones(shape(1, 1, 2, 4), DType.FLOAT64);
        Array v = Ops.arange(0, 8, 1, DType.FLOAT64).reshape(1, 1, 2, 4);
        Array mask = Ops.full(shape(2), -1e300, DType.FLOAT64);
        assertArrayEquals(new double[] {2, 3, 4, 5, 2, 3, 4, 5},
                Fast.scaledDotProductAttention(ones, ones, v, 1, mask).flatten().toDoubleArray(), 1e-12);
    }

    private static String says(String message, Supplier<?> call) {
        String said = String.valueOf(assertThrows(IllegalArgumentException.class, call::get).getMessage());
        assertTrue(said.startsWith(message), said);
        return said;
    }
}
