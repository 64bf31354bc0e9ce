package dev.kiln.ops;

import dev.kiln.ops.Conformance.Case;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys and draws that MLX made. */
class RandomConformanceTest {

    static List<Case> cases() {
        return Conformance.group("random");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void this_case_gives_what_mlx_gives(Case given) {
        String output = given.outputs().keySet().iterator().next();
        given.check(output, Conforming.result(given));
    }
}
