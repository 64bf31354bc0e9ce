package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Derivatives of operations that take more than arrays of one dtype, by central differences in float64, and at odd places. */
class DerivativesTest {

    private static final long SEED = 99;
    private static final double STEP = 1e-5;

    private record Case(String name, List<Shape> shapes, Function<List<Array>, Array> call) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case on(String name, Function<List<Array>, Array> call, Shape... shapes) {
        return new Case(name, List.of(shapes), call);
    }

    static Stream<Arguments> cases() {
        Shape q = Shape.shape(2, 4, 5, 6);
        Shape kv = Shape.shape(2, 2, 7, 6);
        Shape mask = Shape.shape(2, 4, 5, 7);
        Array seen = Ops.tri(5, 7, 1, DType.BOOL).eval();
        Array places = Array.copyOf(new int[][] {{0, 3, 0}, {-1, 2, 2}});
        Array apart = Array.copyOf(new int[][] {{0, 3, 1}, {-1, 2, 1}});
        Shape rows = Shape.shape(2, 4);
        Shape three = Shape.shape(2, 3);
        return Stream.of(
                on("attention", x -> Fast.scaledDotProductAttention(x.get(0), x.get(1), x.get(2), 0.4), q, kv, kv),
                on("causal attention", x -> Fast.scaledDotProductAttention(x.get(0), x.get(1), x.get(2), 0.4, "causal"),
                        q, kv, kv),
                on("attention with a mask that is added",
                        x -> Fast.scaledDotProductAttention(x.get(0), x.get(1), x.get(2), 0.4, x.get(3)), q, kv, kv,
                        mask),
                on("attention with a mask of bools",
                        x -> Fast.scaledDotProductAttention(x.get(0), x.get(1), x.get(2), 0.4, seen), q, kv, kv),
                on("layer_norm of a row", x -> Fast.layerNorm(x.get(0), x.get(1), x.get(2), 1e-5), Shape.shape(9),
                        Shape.shape(9), Shape.shape(9)),
                on("layer_norm with a bias only", x -> Fast.layerNorm(x.get(0), null, x.get(1), 1e-5), rows,
                        Shape.shape(4)),
                on("rms_norm of a row", x -> Fast.rmsNorm(x.get(0), x.get(1), 1e-5), Shape.shape(9), Shape.shape(9)),
                on("rms_norm of its own weight", x -> Fast.rmsNorm(x.get(0), x.get(0), 1e-5), Shape.shape(9)),
                on("take_along_axis", x -> Ops.takeAlongAxis(x.get(0), places, -1), rows),
                on("put_along_axis", x -> Ops.putAlongAxis(x.get(0), apart, x.get(1), -1), rows, three),
                on("take with an array of indices", x -> Ops.take(x.get(0), places, 1), rows),
                on("slice_update", x -> Ops.sliceUpdate(x.get(0), x.get(1), new long[] {1, 3}, new long[] {2, -5},
                        new long[] {1, -2}), rows, Shape.shape(1, 2)),
                on("pad with a value", x -> Ops.pad(x.get(0), new long[][] {{1, 0}, {0, 2}}, x.get(1)), rows,
                        Shape.SCALAR),
                on("topk", x -> Ops.topk(x.get(0), 2, -1), rows),
                on("cummax, exclusive and backwards", x -> Ops.where(Ops.arange(4).less(3),
                        Ops.cummax(x.get(0), 1, true, false), 0), rows),
                on("cumprod, exclusive", x -> Ops.cumprod(x.get(0), 1, false, false), rows),
                on("logaddexp with itself", x -> Ops.logaddexp(x.get(0), x.get(0).multiply(2)), rows),
                on("matmul with itself", x -> Ops.matmul(x.get(0), Ops.swapaxes(x.get(0), 0, 1)), rows),
                on("tensordot", x -> Ops.tensordot(x.get(0), x.get(1), 1), rows, Shape.shape(4, 3)))
                .map(each -> Arguments.of(each, SEED));
    }

    private static List<Array> drawn(List<Shape> shapes, long seed) {
        java.util.Random random = new java.util.Random(seed);
        return shapes.stream().map(shape -> Ops.reshape(
                Array.copyOf(random.doubles(shape.size(), -1, 1).toArray(), DType.FLOAT64), shape)).toList();
    }

    private static List<Array> moved(List<Array> x, List<Array> direction, double by) {
        return IntStream.range(0, x.size()).mapToObj(i -> x.get(i).add(direction.get(i).multiply(by))).toList();
    }

    private static void assertSlope(String what, Function<List<Array>, Array> call, List<Array> x,
            List<Array> direction,
            Array weights, double tolerance) {
        List<Array> gradient = Transforms.vjp(call, x, weights).cotangents();
        Array tangent = Transforms.jvp(call, x, direction).tangents();
        double after = Slope.dot(List.of(call.apply(moved(x, direction, STEP))), List.of(weights));
        double before = Slope.dot(List.of(call.apply(moved(x, direction, -STEP))), List.of(weights));
        double slope = Slope.dot(gradient, direction);
        double scale = Math.max(1, Math.abs(slope));
        assertEquals((after - before) / (2 * STEP), slope, tolerance * scale, what);
        assertEquals(slope, Slope.dot(List.of(tangent), List.of(weights)), 1e-10 * scale, what + ", forward");
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("cases")
    void derivatives_are_slopes(Case given, long seed) {
        List<Array> x = drawn(given.shapes(), seed);
        Array weights = drawn(List.of(given.call().apply(x).shape()), seed + 1).getFirst();
        assertSlope(given.name(), given.call(), x, drawn(given.shapes(), seed + 2), weights, 1e-7);
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("cases")
    void second_derivatives_are_slopes_of_first_ones(Case given, long seed) {
        List<Array> x = drawn(given.shapes(), seed);
        Array weights = drawn(List.of(given.call().apply(x).shape()), seed + 1).getFirst();
        List<Array> fixed = drawn(given.shapes(), seed + 3);
        Function<List<Array>, Array> slope = a -> {
            List<Array> gradient = Transforms.vjp(given.call(), a, weights).cotangents();
            return IntStream.range(0, fixed.size()).mapToObj(i -> gradient.get(i).multiply(fixed.get(i)).sum())
                    .reduce(Array::add).orElseThrow();
        };
        assertSlope(given.name(), slope, x, drawn(given.shapes(), seed + 2), Array.scalar(1, DType.FLOAT64), 1e-6);
    }

    @Test
    void rope_turns_back() {
        Array x = drawn(List.of(Shape.shape(2, 3, 8)), SEED).getFirst();
        Function<Array, Array> rope = a -> Fast.rope(a, 8, false, 10000, 1, 5);
        Array back = Transforms.vjp(rope, x, rope.apply(x)).cotangents();
        Conformance.assertClose("turned back", x, back, 1e-6, 1e-6);
        Conformance.assertClose("tangent", rope.apply(x), Transforms.jvp(rope, x, x).tangents(), 1e-6, 1e-6);
    }

    private static void assertGradient(Function<Array, Array> call, double[] x, double... expected) {
        Array gradient = Transforms.grad((Array a) -> call.apply(a).sum()).apply(Array.of(x));
        Conformance.assertClose("gradient", Array.of(expected), gradient, 1e-12, 1e-12);
    }

    @Test
    void products_have_derivatives_where_factors_are_zero() {
        assertGradient(x -> Ops.prod(x), new double[] {2, 0, 3}, 0, 6, 0);
        assertGradient(x -> Ops.prod(x), new double[] {0, 0, 3}, 0, 0, 0);
        assertGradient(x -> Ops.cumprod(x, 0), new double[] {2, 0, 3}, 1, 2 + 6, 0);
        assertGradient(x -> x.power(0), new double[] {0, 2}, 0, 0);
        assertGradient(x -> Ops.power(Array.of(0.0, 2.0), x), new double[] {2, 3}, 0, 8 * Math.log(2));
    }

    @Test
    void equal_extremes_share_the_cotangent() {
        assertGradient(x -> Ops.max(x), new double[] {1, 3, 3}, 0, 0.5, 0.5);
        assertGradient(x -> x.maximum(3), new double[] {1, 3, 4}, 0, 0, 1);
    }

    @Test
    void embeddings_of_16_bits_add_up_in_float32() {
        Array table = Ops.ones(Shape.shape(2, 3), DType.BFLOAT16);
        Array indices = Ops.zeros(Shape.shape(4096), DType.INT32);
        Array gradient = Transforms.grad((Array t) -> Ops.take(t, indices, 0).astype(DType.FLOAT32).sum()).apply(table);
        assertEquals(DType.BFLOAT16, gradient.dtype());
        assertEquals(4096, gradient.toDoubleArray()[0]);
        assertEquals(0, gradient.toDoubleArray()[3]);
    }

    @Test
    void the_weights_gradient_does_not_depend_on_how_many_rows_there_are() {
        Array x = Ops.ones(Shape.shape(100_000, 8), DType.BFLOAT16);
        Array weight = Ops.ones(Shape.shape(8), DType.FLOAT32);
        Array gradient = Transforms.grad((Array w) -> Fast.rmsNorm(x, w, 0).sum()).apply(weight);
        assertEquals(100_000, gradient.toDoubleArray()[5]);
    }
}
