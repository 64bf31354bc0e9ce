package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NormWeightRuleTest {

    private static final double EPS = 1e-5;

    private final Array x = Array.copyOf(new float[12], Shape.shape(3, 4));
    private final Array norm = Fast.rmsNorm(x, null, EPS);
    private final Array weight = Array.of(1f, 2f, 3f, 4f);

    private static Optional<Node> rewrite(Array array) {
        return RuleFacts.rewrite(new NormWeightRule(), array);
    }

    @Test
    void a_norm_times_a_row_takes_it_as_its_weight() {
        Node weighted = rewrite(norm.multiply(weight)).orElseThrow();
        assertEquals(new RmsNorm(EPS), weighted.primitive());
        assertEquals(List.of(x.node(), weight.node()), weighted.inputs());
    }

    @Test
    void the_row_may_stand_in_front() {
        assertEquals(List.of(x.node(), weight.node()), rewrite(weight.multiply(norm)).orElseThrow().inputs());
    }

    @Test
    void a_row_with_leading_axes_of_length_1_is_flattened() {
        Array column = Array.copyOf(new float[4], Shape.shape(1, 4));
        assertEquals(Shape.shape(4), rewrite(norm.multiply(column)).orElseThrow().inputs().get(1).shape());
    }

    @Test
    void a_row_of_16_bits_that_is_widened_is_taken_as_it_was() {
        Array narrow = weight.astype(DType.BFLOAT16);
        assertEquals(List.of(x.node(), narrow.node()), rewrite(norm.multiply(narrow)).orElseThrow().inputs());
    }

    @Test
    void a_norm_that_has_a_weight_takes_no_second_one() {
        assertEquals(Optional.empty(), rewrite(Fast.rmsNorm(x, weight, EPS).multiply(weight)));
    }

    @Test
    void a_factor_that_is_no_row_stays_outside() {
        assertEquals(Optional.empty(), rewrite(norm.multiply(2)));
        assertEquals(Optional.empty(), rewrite(norm.multiply(Array.copyOf(new float[3], Shape.shape(3, 1)))));
        assertEquals(Optional.empty(), rewrite(norm.multiply(Array.copyOf(new float[12], Shape.shape(3, 4)))));
    }

    @Test
    void a_weight_of_more_digits_than_the_norm_stays_outside() {
        Array rounded = Fast.rmsNorm(x.astype(DType.BFLOAT16), null, EPS);
        assertEquals(Optional.empty(), rewrite(rounded.multiply(weight)));
    }

    @Test
    void a_sum_is_no_product() {
        assertEquals(Optional.empty(), rewrite(norm.add(weight)));
    }
}
