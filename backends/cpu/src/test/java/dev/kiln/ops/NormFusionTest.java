package dev.kiln.ops;

import static dev.kiln.ops.Schedules.assertFusionChangesNothing;
import static dev.kiln.ops.Schedules.kernels;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes one kernel together with a norm, and that it computes the same. */
class NormFusionTest {

    private static final Shape SHAPE = Shape.shape(6, 40);
    private static final double EPS = 1e-5;

    private static Array normal(int seed, DType dtype, Shape shape) {
        return Random.normal(shape, dtype, Random.key(seed)).eval();
    }

    private static Array x() {
        return normal(1, DType.FLOAT32, SHAPE);
    }

    private static Array weight() {
        return normal(2, DType.FLOAT32, Shape.shape(40));
    }

    private static void assertOneKernel(List<String> members, Supplier<Array> graph) {
        Array fused = graph.get();
        assertEquals(List.of(members), kernels(fused));
        assertFusionChangesNothing(fused, graph.get(), 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16", "FLOAT32", "FLOAT64"})
    void a_norm_is_one_kernel_in_every_dtype_with_and_without_weight(DType dtype) {
        Array x = normal(1, DType.FLOAT32, SHAPE).astype(dtype).eval();
        Array weight = weight().astype(dtype).eval();
        assertOneKernel(List.of("rms_norm"), () -> Fast.rmsNorm(x, weight, EPS));
        assertOneKernel(List.of("rms_norm"), () -> Fast.rmsNorm(x, null, EPS));
        assertOneKernel(List.of("layer_norm"), () -> Fast.layerNorm(x, weight, weight, EPS));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void a_float32_norm_takes_its_weight_in_16_bits(DType dtype) {
        Array x = x();
        Array weight = weight().astype(dtype).eval();
        assertOneKernel(List.of("rms_norm"), () -> Fast.rmsNorm(x, weight, EPS));
        assertOneKernel(List.of("layer_norm"), () -> Fast.layerNorm(x, weight, weight, EPS));
    }

    @Test
    void a_norm_reads_any_strides_in_place() {
        Array wide = normal(1, DType.FLOAT32, Shape.shape(40, 12));
        assertOneKernel(List.of("rms_norm"), () -> Fast.rmsNorm(Ops.transpose(wide), null, EPS));
        assertOneKernel(List.of("rms_norm"), () -> Fast
                .rmsNorm(Ops.slice(wide, new long[] {0, 1}, new long[] {40, 12}, new long[] {3, 2}), null, EPS));
    }

    @Test
    void a_residual_added_in_front_joins_and_the_sum_is_stored_on_the_way() {
        Array x = x();
        Array residual = normal(3, DType.FLOAT32, SHAPE);
        Array sum = x.add(residual);
        assertEquals(List.of(List.of("add", "rms_norm")), kernels(Fast.rmsNorm(sum, weight(), EPS), sum));
        assertOneKernel(List.of("add", "rms_norm"), () -> Fast.rmsNorm(x.add(residual), weight(), EPS));
    }

    private static Named<BinaryOperator<Array>> behind(String text, BinaryOperator<Array> operation) {
        return Named.of(text, operation);
    }

    static List<Named<BinaryOperator<Array>>> behind() {
        return List.of(behind("scale", (norm, other) -> norm.multiply(0.5)),
                behind("cast", (norm, other) -> norm.astype(DType.BFLOAT16)),
                behind("silu", (norm, other) -> norm.multiply(norm.sigmoid())),
                behind("residual", (norm, other) -> norm.add(other)),
                behind("all of them", (norm, other) -> norm.multiply(norm.sigmoid()).multiply(0.5).add(other)
                        .astype(DType.FLOAT16)));
    }

    @ParameterizedTest
    @MethodSource("behind")
    void what_follows_a_norm_element_by_element_joins_its_kernel(BinaryOperator<Array> operation) {
        Array x = x();
        Array weight = weight();
        Array other = normal(4, DType.FLOAT32, SHAPE);
        Supplier<Array> graph = () -> operation.apply(Fast.rmsNorm(x.add(other), weight, EPS), other);
        Array fused = graph.get();
        assertEquals(1, kernels(fused).size());
        assertFusionChangesNothing(fused, graph.get(), 0);
    }

    @Test
    void a_gated_activation_is_one_kernel() {
        Array a = x();
        Array b = normal(5, DType.FLOAT32, SHAPE);
        assertOneKernel(List.of("sigmoid", "multiply", "multiply"), () -> a.multiply(a.sigmoid()).multiply(b));
    }

    @Test
    void a_softmax_written_by_hand_is_one_kernel() {
        Array x = x();
        Supplier<Array> softmax = () -> {
            Array powers = x.subtract(Ops.max(x, -1, true)).exp();
            return powers.divide(Ops.sum(powers, -1, true));
        };
        Array fused = softmax.get();
        assertEquals(1, kernels(fused).size());
        assertFusionChangesNothing(fused, softmax.get(), 1e-6);
    }

    @Test
    void a_norm_written_by_hand_is_the_kernel_of_the_primitive() {
        Array x = x();
        Array weight = weight();
        Supplier<Array> hand = () -> x.divide(Ops.mean(x.multiply(x), -1, true).add(EPS).sqrt()).multiply(weight);
        Array fused = hand.get();
        assertEquals(List.of(List.of("rms_norm")), kernels(fused));
        assertFusionChangesNothing(fused, hand.get(), 1e-6);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void a_norm_written_by_hand_in_float32_of_16_bit_numbers_loses_its_casts(DType dtype) {
        Array x = x().astype(dtype).eval();
        Array weight = weight().astype(dtype).eval();
        Supplier<Array> hand = () -> {
            Array wide = x.astype(DType.FLOAT32);
            Array inverse = Ops.mean(wide.square(), -1, true).add(EPS).rsqrt();
            return weight.multiply(wide.multiply(inverse).astype(dtype));
        };
        Array fused = hand.get();
        assertEquals(List.of(List.of("rms_norm")), kernels(fused));
        Conformance.assertClose("by hand", Fast.rmsNorm(x, weight, EPS), fused, 0, 0);
        assertFusionChangesNothing(fused, hand.get(), 0.01);
    }

    @Test
    void another_eps_makes_another_plan_and_not_a_wrong_result() {
        Array x = x();
        for (double eps : new double[] {1e-5, 1e-1, 1, 2, 3, 4, 5}) {
            Array hand = x.multiply(Ops.mean(x.square(), -1, true).add(eps).rsqrt());
            Conformance.assertClose("eps " + eps, Fast.rmsNorm(x, null, eps), hand, 1e-6, 1e-6);
        }
    }

    @Test
    void a_look_alike_keeps_its_own_meaning() {
        Array x = x();
        Supplier<Array> graph = () -> x.divide(Ops.mean(x.square(), -1, true).sqrt().add(0.5));
        Array fused = graph.get();
        assertEquals(1, kernels(fused).stream().filter(members -> members.contains("mean")).count());
        assertFusionChangesNothing(fused, graph.get(), 1e-6);
    }
}
