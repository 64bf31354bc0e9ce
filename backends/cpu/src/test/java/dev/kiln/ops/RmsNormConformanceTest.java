package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Schedule;
import dev.kiln.ops.Conformance.Case;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** RMS norms in every dtype, with and without weight, of views too; the expected values were computed in float64. */
@Tag("everyWidth")
class RmsNormConformanceTest {

    static List<Case> cases() {
        return Conformance.group("rms_norm");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void this_case_gives_the_exact_result_within_its_tolerance(Case given) {
        given.check("y", Conforming.result(given));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void this_case_is_one_kernel(Case given) {
        Schedule schedule = Evaluator.schedule(List.of(Conforming.result(given).node())).orElseThrow();
        assertEquals(1, schedule.launches().size(), schedule::toString);
    }
}
