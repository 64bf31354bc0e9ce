package dev.kiln.ops;

import static dev.kiln.ops.Transforms.grad;
import static dev.kiln.ops.Transforms.jvp;
import static dev.kiln.ops.Transforms.vjp;
import static dev.kiln.ops.Transforms.vmap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class VmapTest {

    private static final double EPS = 1e-5;
    private static final int SIZE = 3;

    private static Array normal(long seed, long... dims) {
        return Random.normal(Shape.shape(dims), DType.FLOAT32, Random.key(seed)).eval();
    }

    /** What a loop over the axes does, its results along {@code out}. */
    private static Array loop(Function<List<Array>, Array> function, List<Array> arguments,
            List<@Nullable Integer> axes, int out) {
        List<Array> results = new ArrayList<>();
        for (int number = 0; number < SIZE; number++) {
            int at = number;
            results.add(function.apply(IntStream.range(0, axes.size()).mapToObj(i -> {
                Integer axis = axes.get(i);
                return axis == null ? arguments.get(i) : Ops.take(arguments.get(i), at, axis);
            }).toList()));
        }
        return Ops.stack(results, out);
    }

    private static Array together(Function<List<Array>, Array> function, List<Array> arguments,
            List<@Nullable Integer> axes, int out) {
        return vmap(function, axes, java.util.Collections.singletonList(out)).apply(arguments);
    }

    private static void assertLoop(Function<List<Array>, Array> function, List<Array> arguments,
            List<@Nullable Integer> axes, int out) {
        Conformance.assertClose("over " + axes, loop(function, arguments, axes, out),
                together(function, arguments, axes, out), 1e-5, 1e-5);
    }

    private static long count(String name, Array array) {
        return Schedules.kernels(array).stream().flatMap(List::stream).filter(name::equals).count();
    }

    static Stream<Arguments> axesOfNorms() {
        return Stream.of(Arguments.of(0, null), Arguments.of(1, null), Arguments.of(2, null), Arguments.of(null, 0),
                Arguments.of(null, 1), Arguments.of(0, 0), Arguments.of(1, 1), Arguments.of(2, 0));
    }

    private static Array shaped(long seed, @Nullable Integer axis, long... dims) {
        return axis == null ? normal(seed, dims) : normal(seed, Axes.replace(dims, axis, axis, SIZE));
    }

    @ParameterizedTest(name = "x over {0}, weight over {1}")
    @MethodSource("axesOfNorms")
    void a_norm_stays_one_norm_over_any_axis(@Nullable Integer x, @Nullable Integer weight) {
        List<Array> arguments = List.of(shaped(1, x, 4, 33), shaped(2, weight, 33), shaped(3, weight, 33));
        List<@Nullable Integer> axes = Arrays.asList(x, weight, weight);
        Function<List<Array>, Array> rms = a -> Fast.rmsNorm(a.get(0), a.get(1), EPS);
        Function<List<Array>, Array> layer = a -> Fast.layerNorm(a.get(0), a.get(1), a.get(2), EPS);
        Function<List<Array>, Array> byHand = a -> a.get(0)
                .multiply(Ops.rsqrt(Ops.mean(a.get(0).square(), -1, true).add(EPS))).multiply(a.get(1));
        for (int out = 0; out < 3; out++) {
            assertLoop(rms, arguments.subList(0, 2), axes.subList(0, 2), out);
            assertLoop(layer, arguments, axes, out);
        }
        int kernels = x == null ? 2 : 1;
        Array normed = together(rms, arguments.subList(0, 2), axes.subList(0, 2), 0);
        assertEquals(1, count("rms_norm", normed));
        assertEquals(kernels, Schedules.kernels(normed).size(), Schedules.kernels(normed)::toString);
        Array layered = together(layer, arguments, axes, 0);
        assertEquals(1, count("layer_norm", layered));
        assertEquals(kernels, Schedules.kernels(layered).size(), Schedules.kernels(layered)::toString);
        assertEquals(1, count("rms_norm", together(byHand, arguments.subList(0, 2), axes.subList(0, 2), 0)));
    }

    @Test
    void softmax_rope_and_attention_stay_whole() {
        Array x = normal(1, 4, SIZE, 5, 6);
        for (int axis = 0; axis < 4; axis++) {
            Array moved = Ops.moveaxis(x, 1, axis).eval();
            assertLoop(a -> Ops.softmax(a.getFirst(), -1), List.of(moved), List.of(axis), 0);
            assertEquals(1, count("softmax",
                    together(a -> Ops.softmax(a.getFirst(), -1), List.of(moved), List.of(axis), 0)));
        }
        Array heads = normal(2, SIZE, 2, 4, 5, 8);
        Array offsets = Array.of(3, 1, 4);
        Array pairs = Array.copyOf(new int[][] {{3, 1}, {4, 1}, {5, 9}});
        Function<List<Array>, Array> rope = a -> Fast.rope(a.get(0), 8, false, 10000, 1, a.get(1));
        for (var offset : List.of(offsets, pairs)) {
            assertLoop(rope, List.of(heads, offset), List.of(0, 0), 0);
            assertEquals(1, count("rope", together(rope, List.of(heads, offset), List.of(0, 0), 0)));
        }
        assertLoop(rope, List.of(normal(2, 2, SIZE, 4, 5, 8), Array.of(7)), Arrays.asList(1, null), 0);
        assertLoop(a -> Fast.rope(a.get(0), 8, true, a.get(1), 1, 2), List.of(heads, normal(3, SIZE, 4).abs().add(1)),
                List.of(0, 0), 0);
        Function<List<Array>, Array> attention = a -> Fast.scaledDotProductAttention(a.get(0), a.get(1), a.get(2), 0.3,
                "causal");
        List<Array> qkv = List.of(normal(4, 2, SIZE, 4, 5, 8), normal(5, 2, 2, 5, 8), normal(6, SIZE, 2, 2, 5, 8));
        assertLoop(attention, qkv, Arrays.asList(1, null, 0), 0);
        assertEquals(1, count("scaled_dot_product_attention", together(attention, qkv, Arrays.asList(1, null, 0), 0)));
    }

    @Test
    void operations_with_indices_and_values_of_their_own_are_loops_too() {
        Array x = normal(1, SIZE, 4, 5);
        Array places = Array.copyOf(new int[][][] {{{0, 1}, {2, -1}, {1, 0}, {4, 3}}, {{1, 1}, {2, 2}, {3, 3}, {0, 0}},
            {{4, 0}, {0, 4}, {2, 1}, {1, 2}}});
        Array values = normal(2, SIZE, 4, 2);
        Function<List<Array>, Array> taken = a -> Ops.takeAlongAxis(a.get(0), a.get(1), -1);
        Function<List<Array>, Array> put = a -> Ops.putAlongAxis(a.get(0), a.get(1), a.get(2), -1);
        Function<List<Array>, Array> updated = a -> Ops.sliceUpdate(a.get(0), a.get(1), new long[] {0, 1},
                new long[] {4, 3});
        Function<List<Array>, Array> padded = a -> Ops.pad(a.get(0), new long[][] {{1, 0}, {2, 3}}, a.get(1));
        for (int chosen = 1; chosen < 4; chosen++) {
            Integer first = (chosen & 1) == 0 ? null : 0;
            Integer second = (chosen & 2) == 0 ? null : 0;
            Array one = first == null ? Ops.take(x, 0, 0) : x;
            Array list = second == null ? Ops.take(places, 0, 0) : places;
            Array some = second == null ? Ops.take(values, 0, 0) : values;
            Array number = second == null ? Array.scalar(7f) : Array.of(1f, 2f, 3f);
            assertLoop(taken, List.of(one, list), Arrays.asList(first, second), 0);
            assertLoop(put, List.of(one, list, some), Arrays.asList(first, second, second), 0);
            assertLoop(updated, List.of(one, some), Arrays.asList(first, second), 0);
            assertLoop(padded, List.of(one, number), Arrays.asList(first, second), 0);
        }
        Array keys = Random.split(Random.key(5), SIZE);
        assertLoop(a -> Random.normal(Shape.shape(7), DType.FLOAT32, a.getFirst()), List.of(keys), List.of(0), 0);
    }

    private static Array loss(Array x, Array weight) {
        return Fast.rmsNorm(x, weight, EPS).multiply(x.sin()).sum();
    }

    @Test
    void gradients_for_each_element_are_gradients_of_a_loop() {
        Array x = normal(1, 4, SIZE, 16);
        Array weight = normal(2, 16);
        Function<List<Array>, Array> byX = a -> grad((Array p) -> loss(p, a.get(1))).apply(a.get(0));
        Function<List<Array>, Array> byWeight = a -> grad((Array p) -> loss(a.get(0), p)).apply(a.get(1));
        for (Function<List<Array>, Array> gradient : List.of(byX, byWeight)) {
            assertLoop(gradient, List.of(x, weight), Arrays.asList(1, null), 0);
            assertLoop(gradient, List.of(x, normal(3, SIZE, 16)), Arrays.asList(1, 0), 1);
        }
        assertEquals(1, count("rms_norm_vjp", together(byX, List.of(x, weight), Arrays.asList(1, null), 0)));
    }

    @Test
    void the_gradient_of_a_vectorised_function_is_that_of_a_loop() {
        Array x = normal(1, SIZE, 4, 16);
        Array weight = normal(2, 16);
        Function<Array, Array> each = w -> vmap((Array row) -> loss(row, w)).apply(x).sum();
        Function<Array, Array> all = w -> loop(a -> loss(a.getFirst(), w), List.of(x), List.of(0), 0).sum();
        Conformance.assertClose("gradient", grad(all).apply(weight), grad(each).apply(weight), 1e-5, 1e-5);
        Conformance.assertClose("tangent", jvp(all, weight, weight).tangents(), jvp(each, weight, weight).tangents(),
                1e-5, 1e-4);
    }

    @Test
    void vectorised_functions_nest() {
        Array a = normal(1, SIZE, 7);
        Array b = normal(2, 5, 7);
        Array products = vmap((Array x) -> vmap((Array y) -> x.multiply(y).sum()).apply(b)).apply(a);
        Conformance.assertClose("products", Ops.matmul(a, Ops.swapaxes(b, 0, 1)), products, 1e-5, 1e-5);
    }

    @Test
    void a_jacobian_is_a_vectorised_product() {
        Array x = Array.of(1.0, 2.0, 3.0);
        Function<Array, Array> function = a -> a.square().multiply(a.sum());
        Array reverse = vmap((Array row) -> vjp(function, x, row).cotangents()).apply(Ops.identity(3, DType.FLOAT64));
        Array forward = vmap((Array row) -> jvp(function, x, row).tangents(), 0, 1)
                .apply(Ops.identity(3, DType.FLOAT64));
        Conformance.assertClose("jacobian", forward, reverse, 1e-12, 1e-12);
        assertEquals(2 * 6 + 1, reverse.toDoubleArray()[0]);
    }

    record Point(Array x, Array y) {}

    @Test
    void arguments_and_results_may_be_trees_and_parts_of_them_the_same_for_all() {
        var add = vmap((Point p, Array shift) -> new Point(p.x().add(shift), p.y().multiply(shift)), 0, null, 0);
        Point moved = add.apply(new Point(Array.of(1f, 2f), Array.of(3f, 4f)), Array.scalar(10f));
        assertEquals(List.of(11.0, 12.0), Arrays.stream(moved.x().toDoubleArray()).boxed().toList());
        assertEquals(List.of(30.0, 40.0), Arrays.stream(moved.y().toDoubleArray()).boxed().toList());
        Array constant = vmap((Array x) -> Array.scalar(2f)).apply(Array.of(1f, 2f, 3f));
        assertEquals(Shape.shape(3), constant.shape());
    }

    @Test
    void what_does_not_depend_on_the_axis_may_be_read_and_the_rest_not() {
        Array shared = Array.of(1f, 2f);
        assertEquals(3, vmap((Array x) -> x.multiply(shared.sum().itemFloat())).apply(Array.of(1f)).itemFloat());
        String message = assertThrows(IllegalStateException.class,
                () -> vmap((Array x) -> x.multiply(x.sum().itemFloat())).apply(Array.of(1f, 2f))).getMessage();
        assertTrue(message.startsWith("[eval] Attempting to eval an array during function transformations like compile"
                + " or vmap is not allowed."), message);
        assertTrue(message.contains("where"), message);
    }

    private static String error(Supplier<?> call) {
        return assertThrows(IllegalArgumentException.class, call::get).getMessage();
    }

    @Test
    void errors_name_the_axes_and_shapes() {
        Function<List<Array>, Array> sum = x -> x.get(0).add(x.get(1));
        List<Array> arguments = List.of(normal(1, 3, 4), normal(2, 4, 3));
        String lengths = error(() -> together(sum, arguments, List.of(0, 0), 0));
        assertTrue(lengths.startsWith("[vmap] Inconsistent axis sizes: 4 and 3"), lengths);
        assertTrue(error(() -> together(sum, arguments, List.of(0, 7), 0)).contains("Axis 7 invalid for input 1"));
        assertTrue(error(() -> together(sum, arguments, List.of(0), 0)).contains("(1)"));
        assertTrue(error(() -> together(sum, arguments, Arrays.asList(null, null), 0)).contains("At least one"));
        assertTrue(error(() -> together(sum, arguments, List.of(0, 1), 5)).contains("Axis 5 invalid for output 0"));
        assertTrue(error(() -> vmap((Array x) -> x).apply(Array.scalar(1))).contains("zero dimensions"));
    }
}
