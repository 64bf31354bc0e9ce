package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Schedule;
import dev.kiln.graph.Shape;
import dev.kiln.ops.Conformance.Case;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** RMS norms in every dtype, with and without weight, of views too; the expected values were computed in float64. */
class RmsNormConformanceTest {

    static List<Case> cases() {
        return Conformance.group("rms_norm");
    }

    /** The input as the case views it. */
    static Array seen(Case given) {
        Array x = given.input("x");
        return given.text("view").map(view -> see(x, view)).orElse(x);
    }

    private static Array norm(Case given) {
        return Fast.rmsNorm(seen(given), given.inputs().get("weight"), given.number("eps"));
    }

    private static Array see(Array x, String view) {
        int rank = x.ndim();
        long[] from = new long[rank];
        long[] to = x.shape().toArray();
        long[] step = new long[rank];
        java.util.Arrays.fill(step, 1);
        return switch (view) {
            case "transpose" -> Ops.swapaxes(x, -1, -2);
            case "broadcast" -> {
                long[] dims = new long[rank + 1];
                dims[0] = 3;
                System.arraycopy(to, 0, dims, 1, rank);
                yield Ops.broadcastTo(x, Shape.shape(dims));
            }
            case "slice" -> {
                step[rank - 1] = 2;
                yield Ops.slice(x, from, to, step);
            }
            case "reverse" -> {
                from[rank - 1] = to[rank - 1] - 1;
                to[rank - 1] = -to[rank - 1] - 1;
                step[rank - 1] = -1;
                yield Ops.slice(x, from, to, step);
            }
            default -> throw new IllegalArgumentException("no view " + view);
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void this_case_gives_the_exact_result_within_its_tolerance(Case given) {
        given.check("y", norm(given));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void this_case_is_one_kernel(Case given) {
        Schedule schedule = Evaluator.schedule(List.of(norm(given).node())).orElseThrow();
        assertEquals(1, schedule.launches().size(), schedule::toString);
    }
}
