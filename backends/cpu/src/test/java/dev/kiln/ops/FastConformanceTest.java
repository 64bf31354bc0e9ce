package dev.kiln.ops;

import dev.kiln.ops.Conformance.Case;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The layer norms, rotary embeddings and attentions that MLX computed. */
@Tag("everyWidth")
class FastConformanceTest {

    static List<Case> cases() {
        return Conformance.group("fast");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void this_case_gives_what_mlx_gives(Case given) {
        given.check("y", Conforming.result(given));
    }
}
