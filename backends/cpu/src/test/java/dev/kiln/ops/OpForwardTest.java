package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operation of the {@link OpTable} against its reference, on all dtypes, shapes and placings. */
@Tag("everyLoops")
class OpForwardTest {

    private static final long SEED = 20250;

    static Stream<Arguments> rows() {
        return OpTable.cases().stream()
                .flatMap(row -> row.dtypes().stream().sorted().map(dtype -> Arguments.of(row, dtype, SEED)));
    }

    @ParameterizedTest(name = "{0}, {1}, seed {2}")
    @MethodSource("rows")
    void the_result_is_the_references(OpCase row, DType dtype, long seed) {
        int trials = 0;
        for (Shape shape : OpTable.SHAPES) {
            for (Placing placing : Placing.values()) {
                var trial = Trial.draw(row, dtype, shape, placing, seed + trials);
                if (trial.isPresent()) {
                    trials++;
                    Expect.close(trial.get().what(), trial.get().expected(), trial.get().result(), row.slack());
                }
            }
        }
        assertTrue(trials > 0, "no shape fits " + row);
    }
}
