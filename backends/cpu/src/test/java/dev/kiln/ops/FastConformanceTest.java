package dev.kiln.ops;

import dev.kiln.ops.Conformance.Case;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The layer norms, rotary embeddings and attentions that MLX computed. */
class FastConformanceTest {

    static List<Case> cases() {
        return Conformance.group("fast");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void this_case_gives_what_mlx_gives(Case given) {
        given.check("y", run(given));
    }

    private static Array run(Case given) {
        return switch (given.op()) {
            case "fast.layer_norm" -> Fast.layerNorm(given.input("x"), optional(given, "weight"),
                    optional(given, "bias"), given.number("eps"));
            case "fast.rope" -> Fast.rope(given.input("x"), (int) given.number("dims"),
                    given.attributes().get("traditional").equals(new Json.Bool(true)), given.number("base"),
                    given.number("scale"), (int) given.number("offset"));
            case "fast.scaled_dot_product_attention" -> attention(given);
            default -> throw new IllegalArgumentException("no operation for " + given);
        };
    }

    private static Array attention(Case given) {
        Array q = given.input("q");
        Array k = given.input("k");
        Array v = given.input("v");
        double scale = given.number("scale");
        return given.text("mask").orElse("").equals("causal")
                ? Fast.scaledDotProductAttention(q, k, v, scale, "causal")
                : Fast.scaledDotProductAttention(q, k, v, scale, optional(given, "mask"));
    }

    private static @Nullable Array optional(Case given, String name) {
        return given.inputs().get(name);
    }
}
