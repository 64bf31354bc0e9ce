package dev.kiln.ops;

import static dev.kiln.graph.Shape.shape;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reductions against plain loops in double over the folded elements. */
class ReductionTest {

    private static final long SEED = 20;
    private static final int[][] AXES = {{0, 1, 2}, {0}, {1}, {2}, {0, 1}, {1, 2}, {2, 0}};

    /** A reduction under test, its meaning, and how near it must come in float32. */
    private record Fold(String name, Of of, ToDoubleFunction<double[]> meaning) {
        interface Of {
            Array apply(Array a, int[] axes, boolean keepdims);
        }
    }

    private static final List<Fold> FOLDS = List.of(
            new Fold("sum", Ops::sum, x -> Arrays.stream(x).sum()),
            new Fold("mean", Ops::mean, x -> Arrays.stream(x).average().orElseThrow()),
            new Fold("prod", Ops::prod, x -> Arrays.stream(x).reduce(1, (p, q) -> p * q)),
            new Fold("max", Ops::max, x -> Arrays.stream(x).max().orElseThrow()),
            new Fold("min", Ops::min, x -> Arrays.stream(x).min().orElseThrow()),
            new Fold("all", Ops::all, x -> Arrays.stream(x).allMatch(v -> v != 0) ? 1 : 0),
            new Fold("any", Ops::any, x -> Arrays.stream(x).anyMatch(v -> v != 0) ? 1 : 0),
            new Fold("logsumexp", Ops::logsumexp, x -> Math.log(Arrays.stream(x).map(Math::exp).sum())),
            new Fold("var", Ops::var, x -> variance(x, 0)),
            new Fold("std", Ops::std, x -> Math.sqrt(variance(x, 0))),
            new Fold("var ddof 1", (a, axes, keepdims) -> Ops.var(a, axes, keepdims, 1), x -> variance(x, 1)));

    @TestFactory
    Stream<DynamicTest> folds_of_any_axes_of_any_layout_agree_with_plain_loops() {
        return FOLDS.stream().flatMap(fold -> Arrays.stream(AXES)
                .flatMap(axes -> Stream.of(false, true).map(transposed -> DynamicTest.dynamicTest(
                        "%s %s transposed %s seed %d".formatted(fold.name, Arrays.toString(axes), transposed, SEED),
                        () -> check(fold, transposed ? values(DType.FLOAT32).transpose() : values(DType.FLOAT32), axes,
                                1e-5)))));
    }

    @TestFactory
    Stream<DynamicTest> folds_of_other_dtypes_agree_with_plain_loops() {
        return FOLDS.stream()
                .flatMap(fold -> Stream
                        .of(DType.INT32, DType.INT8, DType.UINT8, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16)
                        .map(dtype -> DynamicTest.dynamicTest("%s %s seed %d".formatted(fold.name, dtype, SEED), () -> {
                            double tolerance = switch (dtype) {
                                case FLOAT64 -> 1e-12;
                                case FLOAT16 -> 1e-3;
                                case BFLOAT16 -> 8e-3;
                                default -> 1e-5;
                            };
                            Array a = values(dtype);
                            check(fold, a, new int[] {2}, tolerance);
                            check(fold, a, new int[] {0}, tolerance);
                        })));
    }

    @Test
    void the_place_of_an_extremum_is_that_of_the_first() {
        Array a = Array.copyOf(new float[][] {{3, 7, 7}, {-2, -9, -9}});
        assertArrayEquals(new int[] {1, 0}, a.argmax(-1).toIntArray());
        assertArrayEquals(new int[] {0, 1}, a.argmin(1).toIntArray());
        assertArrayEquals(new int[] {0, 0, 0}, a.argmax(0).toIntArray());
        assertEquals(1, a.argmax().itemInt());
        assertEquals(4, a.argmin().itemInt());
        assertEquals(2, a.transpose().argmax().itemInt());
        assertEquals(shape(1, 1), a.argmin(true).eval().shape());
    }

    @Test
    void a_nan_is_the_largest_and_the_smallest() {
        Array a = Array.of(1, Float.NaN, 3);
        assertTrue(Float.isNaN(a.max().itemFloat()));
        assertTrue(Float.isNaN(a.min().itemFloat()));
        assertTrue(Float.isNaN(a.logsumexp().itemFloat()));
    }

    @Test
    void folds_of_nothing_are_the_neutral_element() {
        Array nothing = Ops.zeros(shape(2, 0));
        assertArrayEquals(new float[] {0, 0}, nothing.sum(1).toFloatArray());
        assertArrayEquals(new float[] {1, 1}, nothing.prod(1).toFloatArray());
        assertArrayEquals(new boolean[] {true, true}, nothing.all(1).toBooleanArray());
        assertArrayEquals(new boolean[] {false, false}, nothing.any(1).toBooleanArray());
        assertTrue(Float.isNaN(nothing.mean().itemFloat()));
        assertEquals(0, nothing.max(0).toFloatArray().length);
    }

    @Test
    void sums_of_narrow_integers_do_not_wrap() {
        assertEquals(300 * 127, Ops.full(shape(300), 127, DType.INT8).sum().itemInt());
        assertEquals(70_000, Ops.ones(shape(70_000), DType.BOOL).sum().itemInt());
        assertEquals(255L * 300, Ops.full(shape(300), 255, DType.UINT8).sum().itemLong());
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void sixteen_bit_sums_accumulate_in_float32(DType dtype) {
        assertEquals(4096f, Ops.ones(shape(4096), dtype).sum().itemFloat());
        assertEquals(1f, Ops.ones(shape(5000, 3), dtype).mean(0).toFloatArray()[2]);
    }

    @Test
    void logsumexp_and_softmax_do_not_overflow() {
        Array large = Array.of(1000f, 1000f);
        assertEquals(1000 + Math.log(2), large.logsumexp().itemDouble(), 1e-3);
        assertArrayEquals(new float[] {0.5f, 0.5f}, large.softmax().toFloatArray());
        assertEquals(Float.POSITIVE_INFINITY, Array.of(Float.POSITIVE_INFINITY, 0f).logsumexp().itemFloat());
        assertEquals(Float.NEGATIVE_INFINITY,
                Array.of(Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY).logsumexp().itemFloat());
    }

    @TestFactory
    Stream<DynamicTest> softmax_over_any_axes_agrees_with_plain_loops() {
        return Arrays.stream(AXES).flatMap(axes -> Stream.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16)
                .map(dtype -> DynamicTest.dynamicTest(
                        "%s %s seed %d".formatted(Arrays.toString(axes), dtype, SEED), () -> {
                            Array a = values(dtype);
                            Array expected = a.astype(DType.FLOAT64).exp();
                            expected = expected.divide(expected.sum(axes, true)).astype(dtype);
                            double tolerance = dtype == DType.BFLOAT16 ? 8e-3 : dtype == DType.FLOAT64 ? 1e-12 : 1e-5;
                            Conformance.assertClose("softmax", expected, a.softmax(axes, true), tolerance, 0);
                        })));
    }

    @Test
    void the_softmax_of_a_scalar_is_one_and_of_integers_float32() {
        assertEquals(1f, Array.scalar(5.0).softmax().itemFloat());
        assertArrayEquals(new float[] {0.5f, 0.5f}, Array.of(3, 3).softmax(0).toFloatArray());
    }

    @Test
    void complex_arrays_are_summed_and_spread() {
        Array a = Array.of(3f, 4f).astype(DType.COMPLEX64);
        assertEquals("array(7+0j, dtype=complex64)", a.sum().toString());
        assertEquals(0.25f, a.var().itemFloat());
        assertEquals(Math.log(Math.exp(3) + Math.exp(4)), a.logsumexp().real().itemDouble(), 1e-5);
        assertEquals(1, a.softmax(0).sum().real().itemDouble(), 1e-6);
    }

    @TestFactory
    Stream<DynamicTest> large_arrays_are_folded_to_what_their_elements_are() {
        return Stream.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16, DType.FLOAT64, DType.INT32, DType.BOOL)
                .map(dtype -> DynamicTest.dynamicTest(dtype + " seed " + SEED, () -> {
                    boolean sixteen = dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
                    double tolerance = sixteen ? 8e-3 : 1e-5;
                    Array a = dev.kiln.ops.Random.normal(shape(5, 97, 131), DType.FLOAT32,
                            dev.kiln.ops.Random.key(SEED)).multiply(3).astype(dtype).eval();
                    for (Fold fold : FOLDS) {
                        if (fold.name.equals("prod") || dtype == DType.BOOL && fold.name.equals("logsumexp")) {
                            continue; // of so many it is 0 or infinite
                        }
                        check(fold, a, new int[] {0, 1, 2}, tolerance);
                        check(fold, a, new int[] {0, 2}, tolerance);
                        check(fold, a, new int[] {0, 1}, tolerance);
                        check(fold, a.transpose(), new int[] {0, 1, 2}, tolerance);
                    }
                }));
    }

    @Test
    void what_is_folded_to_one_number_is_not_written_to_memory() {
        Array a = Ops.ones(shape(512, 128)).eval();
        assertEquals(List.of(List.of("square", "sum"), List.of("sum")), Schedules.kernels(a.square().sum()));
        assertEquals(512 * 128f, a.square().sum().itemFloat());
    }

    private static void check(Fold fold, Array a, int[] axes, double tolerance) {
        Array expected = reference(fold, a.astype(DType.FLOAT64), axes);
        for (boolean keepdims : new boolean[] {false, true}) {
            Array actual = fold.of.apply(a, axes, keepdims);
            double[] wanted = expected.toDoubleArray();
            double[] got = actual.astype(DType.FLOAT64).toDoubleArray();
            assertEquals(wanted.length, got.length);
            for (int i = 0; i < wanted.length; i++) {
                assertEquals(wanted[i], got[i], tolerance * (1 + Math.abs(wanted[i])), "element " + i);
            }
        }
    }

    /** The meaning applied to each group of folded elements, read one by one. */
    private static Array reference(Fold fold, Array a, int[] axes) {
        List<Integer> folded = IntStream.of(axes).boxed().toList();
        List<Integer> kept = IntStream.range(0, a.ndim()).filter(axis -> !folded.contains(axis)).boxed().toList();
        double[] elements = a.toDoubleArray();
        long groups = kept.stream().mapToLong(a.shape()::dim).reduce(1, (m, n) -> m * n);
        List<List<Double>> members = new ArrayList<>();
        for (int i = 0; i < groups; i++) {
            members.add(new ArrayList<>());
        }
        for (int i = 0; i < elements.length; i++) {
            long group = 0;
            for (int axis : kept) {
                group = group * a.shape().dim(axis) + index(i, axis, a.shape());
            }
            members.get((int) group).add(elements[i]);
        }
        return Array.of(members.stream().mapToDouble(group -> fold.meaning.applyAsDouble(group.stream().mapToDouble(
                Double::doubleValue).toArray())).toArray());
    }

    private static long index(long element, int axis, Shape shape) {
        long inner = 1;
        for (int i = axis + 1; i < shape.rank(); i++) {
            inner *= shape.dim(i);
        }
        return element / inner % shape.dim(axis);
    }

    private static double variance(double[] x, int ddof) {
        double mean = Arrays.stream(x).average().orElseThrow();
        return Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / (x.length - ddof);
    }

    /** Small numbers, so that products stay within 16-bit floats and integers. */
    private static Array values(DType dtype) {
        Random random = new Random(SEED);
        double[] values = random.doubles(3L * 4 * 5, 0.5, 1.5).toArray();
        if (dtype.isIntegral()) {
            values = Arrays.stream(values).map(v -> v > 1 ? 2 : v > 0.7 ? 1 : 0).toArray();
        }
        return Array.copyOf(Array.copyOf(values).astype(dtype).asMemorySegment(), dtype, shape(3, 4, 5));
    }
}
