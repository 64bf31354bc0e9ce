package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NormCastRuleTest {

    private static final double EPS = 1e-5;

    private static Array x(DType dtype) {
        return Array.copyOf(new float[12], Shape.shape(3, 4)).astype(dtype);
    }

    private static Optional<Node> rewrite(Array array) {
        return RuleFacts.rewrite(new NormCastRule(), array);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void casts_to_float32_and_back_are_dropped(DType dtype) {
        Array x = x(dtype);
        Node norm = rewrite(Fast.rmsNorm(x.astype(DType.FLOAT32), null, EPS).astype(dtype)).orElseThrow();
        assertEquals(new RmsNorm(EPS), norm.primitive());
        assertEquals(List.of(x.node()), norm.inputs());
    }

    @Test
    void a_cast_to_another_type_than_the_first_stays() {
        Array norm = Fast.rmsNorm(x(DType.BFLOAT16).astype(DType.FLOAT32), null, EPS);
        assertEquals(Optional.empty(), rewrite(norm.astype(DType.FLOAT16)));
    }

    @Test
    void a_norm_that_multiplies_by_a_float32_weight_keeps_its_casts_because_rounding_comes_after_it() {
        Array weight = Array.of(1f, 2f, 3f, 4f);
        Array norm = Fast.rmsNorm(x(DType.BFLOAT16).astype(DType.FLOAT32), weight, EPS);
        assertEquals(Optional.empty(), rewrite(norm.astype(DType.BFLOAT16)));
    }

    @Test
    void a_norm_of_float32_that_is_then_rounded_stays() {
        assertEquals(Optional.empty(), rewrite(Fast.rmsNorm(x(DType.FLOAT32), null, EPS).astype(DType.BFLOAT16)));
    }

    @Test
    void casts_around_a_norm_in_float64_stay() {
        Array norm = Fast.rmsNorm(x(DType.FLOAT32).astype(DType.FLOAT64), null, EPS);
        assertEquals(Optional.empty(), rewrite(norm.astype(DType.FLOAT32)));
    }
}
