package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Conformance.Case;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradients of RMS norms in every dtype, of views too; the expected values were computed in float64. */
class RmsNormGradientTest {

    private static final double EPS = 1e-5;

    static Stream<Case> cases() {
        return RmsNormConformanceTest.cases().stream();
    }

    /** Of x as the norm sees it, and of the weight if there is one. */
    private static List<Array> gradients(Case given) {
        List<Array> primals = new ArrayList<>(List.of(Conforming.seen(given)));
        if (given.inputs().containsKey("weight")) {
            primals.add(given.input("weight"));
        }
        return Transforms.<List<Array>, Array>vjp(
                x -> Fast.rmsNorm(x.getFirst(), x.size() == 1 ? null : x.get(1), given.number("eps")), primals,
                given.input("cotangent")).cotangents();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void the_gradients_of_this_case_are_exact_within_its_tolerances(Case given) {
        List<Array> gradients = gradients(given);
        given.check("grad_x", gradients.getFirst(), given.number("grad_rtol"), given.number("grad_atol"));
        if (gradients.size() > 1) {
            given.check("grad_w", gradients.get(1), given.number("grad_w_rtol"), given.number("grad_w_atol"));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void each_gradient_of_this_case_is_one_kernel(Case given) {
        for (Array gradient : gradients(given)) {
            List<List<String>> kernels = Schedules.kernels(gradient);
            List<String> norms = kernels.stream().flatMap(List::stream).filter(name -> name.contains("norm")).toList();
            assertEquals(1, norms.size(), kernels::toString);
        }
    }

    private static Array byHand(Array x, Array weight) {
        Array mean = Ops.mean(x.astype(DType.FLOAT32).square(), -1, true);
        return x.multiply(Ops.rsqrt(mean.add(EPS)).astype(x.dtype())).multiply(weight);
    }

    private static Array loss(Array y, Array target) {
        return y.subtract(target).square().sum();
    }

    @Test
    void the_gradients_of_a_norm_written_by_hand_are_those_of_the_primitive() {
        Array x = Random.normal(Shape.shape(5, 64), DType.FLOAT32, Random.key(1)).eval();
        Array weight = Random.normal(Shape.shape(64), DType.FLOAT32, Random.key(2)).eval();
        Array target = Random.normal(Shape.shape(5, 64), DType.FLOAT32, Random.key(3)).eval();
        var plain = Transforms.valueAndGrad((List<Array> p) -> loss(byHand(p.get(0), p.get(1)), target));
        var fused = Transforms.valueAndGrad((List<Array> p) -> loss(Fast.rmsNorm(p.get(0), p.get(1), EPS), target));
        var one = plain.apply(List.of(x, weight));
        var two = fused.apply(List.of(x, weight));
        Array[] oneResults = {one.value(), one.grad().get(0), one.grad().get(1)};
        Array[] twoResults = {two.value(), two.grad().get(0), two.grad().get(1)};
        assertEquals(Schedules.kernels(twoResults), Schedules.kernels(oneResults));
        for (int i = 0; i < oneResults.length; i++) {
            Expect.identical("result " + i, twoResults[i], oneResults[i]);
        }
    }

    @Test
    void both_gradients_of_a_step_are_one_kernel_beside_that_of_the_value() {
        Array x = Random.normal(Shape.shape(5, 64), DType.BFLOAT16, Random.key(1)).eval();
        Array weight = Ops.ones(Shape.shape(64), DType.BFLOAT16).eval();
        Array cotangent = Random.normal(Shape.shape(5, 64), DType.BFLOAT16, Random.key(3)).eval();
        var step = Transforms.<List<Array>, Array>vjp(p -> Fast.rmsNorm(p.get(0), p.get(1), EPS), List.of(x, weight),
                cotangent);
        List<List<String>> kernels = Schedules.kernels(step.value(), step.cotangents().get(0),
                step.cotangents().get(1));
        assertEquals(List.of(List.of("rms_norm"), List.of("rms_norm_vjp", "rms_norm_weight_vjp")), kernels);
    }

    @Test
    void rows_of_more_memory_than_caches_have_the_gradients_they_have_alone() {
        int rows = 8200;
        Array weight = Random.normal(Shape.shape(1024), DType.FLOAT32, Random.key(2)).eval();
        Array x = Random.normal(Shape.shape(rows, 1024), DType.FLOAT32, Random.key(1)).eval();
        Array cotangent = Random.normal(Shape.shape(rows, 1024), DType.FLOAT32, Random.key(3)).eval();
        List<Array> whole = bothGradients(x, weight, cotangent);
        for (int from : new int[] {0, 4000, rows - 8}) {
            long[] start = {from, 0};
            long[] end = {from + 8, 1024};
            Expect.identical("rows from " + from, Ops.slice(whole.getFirst(), start, end),
                    bothGradients(Ops.slice(x, start, end), weight, Ops.slice(cotangent, start, end)).getFirst());
        }
    }

    private static List<Array> bothGradients(Array x, Array weight, Array cotangent) {
        List<Array> both = Transforms.<List<Array>, Array>vjp(p -> Fast.rmsNorm(p.get(0), p.get(1), EPS),
                List.of(x, weight), cotangent).cotangents();
        Ops.eval(both.get(0), both.get(1));
        return both;
    }

    static Stream<Arguments> together() {
        List<Arguments> all = new ArrayList<>();
        for (DType dtype : new DType[] {DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16}) {
            for (int rows : new int[] {1, 3, 4, 16, 37, 131, 1030}) {
                all.add(Arguments.of(dtype, rows));
            }
        }
        return all.stream();
    }

    /** Groups of four rows with and without rest, parts of one run and of several. */
    @ParameterizedTest(name = "of {1} rows of {0}, seeds 1 to 3")
    @MethodSource("together")
    void both_gradients_at_once_are_what_each_is_by_itself(DType dtype, int rows) {
        Array weight = Random.normal(Shape.shape(192), dtype, Random.key(2)).eval();
        Array row = Random.normal(Shape.shape(192), dtype, Random.key(1)).eval();
        Array x = Random.normal(Shape.shape(rows, 192), dtype, Random.key(1)).eval();
        Array across = Random.normal(Shape.shape(192, rows), dtype, Random.key(1)).eval().transpose();
        Array cotangent = Random.normal(Shape.shape(rows, 192), dtype, Random.key(3)).eval();
        together(x, weight, cotangent);
        together(across, weight, cotangent);
        together(x, weight, Ops.broadcastTo(row, x.shape()).eval());
        together(Ops.broadcastTo(row, x.shape()).eval(), weight, cotangent);
        Array twice = Ops.concatenate(List.of(weight, weight), 0).eval();
        together(x, Ops.slice(twice, new long[] {0}, new long[] {384}, new long[] {2}), cotangent);
    }

    private static void together(Array x, Array weight, Array cotangent) {
        List<Array> both = Transforms.<List<Array>, Array>vjp(p -> Fast.rmsNorm(p.get(0), p.get(1), EPS),
                List.of(x, weight), cotangent).cotangents();
        assertEquals(1, Schedules.kernels(both.get(0), both.get(1)).size());
        Array byX = Transforms.vjp((Array a) -> Fast.rmsNorm(a, weight, EPS), x, cotangent).cotangents();
        Array byWeight = Transforms.vjp((Array w) -> Fast.rmsNorm(x, w, EPS), weight, cotangent).cotangents();
        Ops.eval(both.get(0), both.get(1));
        near("by x", byX, both.get(0), 1);
        near("by the weight", byWeight, both.get(1), Math.sqrt(x.dim(0)));
    }

    /** Within two roundings to the dtype, of numbers of this size at the least. */
    private static void near(String what, Array expected, Array actual, double size) {
        double unit = switch (expected.dtype()) {
            case FLOAT32 -> 0x1p-21;
            case FLOAT16 -> 0x1p-10;
            default -> 0x1p-7;
        };
        float[] one = expected.toFloatArray();
        float[] other = actual.toFloatArray();
        for (int i = 0; i < one.length; i++) {
            assertEquals(one[i], other[i], 2 * unit * Math.max(size, Math.abs(one[i])), what + " at " + i);
        }
    }

    @Test
    void forward_mode_keeps_the_norm_whole() {
        Array x = Random.normal(Shape.shape(5, 64), DType.FLOAT32, Random.key(1)).eval();
        Array weight = Random.normal(Shape.shape(64), DType.FLOAT32, Random.key(2)).eval();
        Array tangent = Transforms.jvp((Array a) -> Fast.rmsNorm(a, weight, EPS), x, Ops.onesLike(x)).tangents();
        List<List<String>> kernels = Schedules.kernels(tangent);
        assertEquals(1, kernels.size(), kernels::toString);
        assertEquals(1, kernels.getFirst().stream().filter("rms_norm_vjp"::equals).count(), kernels::toString);
    }

    @Test
    void softmax_and_layer_norm_have_gradients_of_one_kernel() {
        Array x = Random.normal(Shape.shape(5, 64), DType.FLOAT32, Random.key(1)).eval();
        Array g = Random.normal(Shape.shape(5, 64), DType.FLOAT32, Random.key(2)).eval();
        Array softmax = Transforms.vjp((Array a) -> Ops.softmax(a, -1), x, g).cotangents();
        assertEquals(1, Schedules.kernels(softmax).size(), Schedules.kernels(softmax)::toString);
        Array norm = Transforms.vjp((Array a) -> Fast.layerNorm(a, null, null, EPS), x, g).cotangents();
        assertEquals(List.of(List.of("layer_norm_vjp")), Schedules.kernels(norm));
    }
}
