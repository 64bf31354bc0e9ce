package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Node;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel against the decomposition, which is the meaning of the operation. */
class RopeTest {

    private static Array normal(long... shape) {
        return Random.normal(Shape.shape(shape), DType.FLOAT32, Random.key(1)).eval();
    }

    private static void assertMeaning(Array rope, double tolerance) {
        Node node = rope.node();
        Array meaning = new Array(
                Objects.requireNonNull(node.primitive()).decompose(node.inputs()).orElseThrow());
        assertEquals(List.of(List.of("rope")), Schedules.kernels(rope));
        Conformance.assertClose("rope", meaning, rope, tolerance, tolerance);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pairs_of_the_first_columns_are_turned_and_the_rest_is_kept(boolean traditional) {
        assertMeaning(Fast.rope(normal(2, 3, 5, 16), 16, traditional, 10000, 1, 7), 1e-5);
        assertMeaning(Fast.rope(normal(2, 3, 5, 16), 10, traditional, 500, 0.25, 7), 1e-5);
        assertMeaning(Fast.rope(normal(2, 5, 16), 10, traditional, 500, 0.25, 7), 1e-5);
        assertMeaning(Fast.rope(normal(2, 3, 2, 5, 16), 10, traditional, 500, 0.25, -2), 1e-5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void each_of_the_batch_may_have_its_own_offset_also_with_one_position(boolean traditional) {
        Array offsets = Array.of(3, 0, 12);
        assertMeaning(Fast.rope(normal(3, 4, 1, 8), 8, traditional, 10000, 1, offsets), 1e-5);
        assertMeaning(Fast.rope(normal(3, 4, 5, 8), 8, traditional, 10000, 1, offsets), 1e-5);
    }

    @Test
    void wavelengths_can_be_given() {
        Array wavelengths = Array.of(1f, 3f, 10f, 0.5f);
        assertMeaning(Fast.rope(normal(1, 2, 6, 8), 8, false, wavelengths, 1, 100), 1e-5);
        assertMeaning(Fast.rope(normal(2, 2, 6, 8), 8, true, wavelengths, 2, Array.of(1, 5)), 1e-5);
    }

    @Test
    void transposed_heads_are_read_in_place() {
        assertMeaning(Fast.rope(Ops.transpose(normal(2, 6, 3, 8), new int[] {0, 2, 1, 3}), 8, false, 10000, 1, 4),
                1e-5);
    }

    @Test
    void sixteen_bit_numbers_are_turned_in_float32_and_rounded_once() {
        Array x = normal(1, 2, 6, 8).astype(DType.BFLOAT16).eval();
        Array turned = Fast.rope(x, 8, false, 10000, 1, 4);
        Array exact = Fast.rope(x.astype(DType.FLOAT32), 8, false, 10000, 1, 4).astype(DType.BFLOAT16);
        Conformance.assertClose("bfloat16", exact, turned, 0, 0);
    }

    @Test
    void float64_runs_the_decomposition() {
        Array x = normal(1, 2, 6, 8);
        Array wide = Fast.rope(x.astype(DType.FLOAT64), 8, false, 10000, 1, 4);
        Conformance.assertClose("float64", wide, Fast.rope(x, 8, false, 10000, 1, 4).astype(DType.FLOAT64), 1e-5,
                1e-5);
    }

    @Test
    void turning_back_undoes_turning() {
        Array x = normal(2, 2, 6, 8);
        Array offset = Array.scalar(9);
        Array there = Fast.rope(x, 6, true, 10000, 1, offset);
        Array back = Operands.of(new Rope(6, true, OptionalDouble.of(10000), 1, false), there.stream(), there.node(),
                offset.node());
        Conformance.assertClose("back", x, back, 1e-5, 1e-5);
    }

    @Test
    void the_offset_is_no_part_of_the_plan() {
        Array x = normal(1, 2, 1, 8);
        Array first = Fast.rope(x, 8, false, 10000, 1, 1);
        Array second = Fast.rope(x, 8, false, 10000, 1, 2);
        assertEquals(Evaluator.schedule(List.of(first.node())), Evaluator.schedule(List.of(second.node())));
        assertEquals(first.node().primitive(), second.node().primitive());
    }
}
