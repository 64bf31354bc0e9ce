package dev.kiln.ops;

import static dev.kiln.ops.Transforms.compile;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operation of the {@link OpTable} in a compiled function: the bits are those of the plain one, also when replayed. */
class OpCompileTest {

    private static final long SEED = 4711;

    static Stream<Arguments> rows() {
        return OpTable.cases().stream()
                .flatMap(row -> row.dtypes().stream().sorted().map(dtype -> Arguments.of(row, dtype, SEED)));
    }

    @ParameterizedTest(name = "{0}, {1}, seed {2}")
    @MethodSource("rows")
    void compiled_and_plain_are_the_same_bits(OpCase row, DType dtype, long seed) {
        Random random = new Random(seed);
        Compiled<List<Array>, Array> compiled = compile((List<Array> operands) -> row.call().apply(operands));
        int trials = 0;
        for (Shape shape : OpTable.SHAPES) {
            Placing placing = Placing.any(random);
            Optional<Trial> trial = Trial.draw(row, dtype, shape, placing, seed + trials);
            if (trial.isPresent()) {
                trials++;
                Array plain = trial.get().result().eval();
                Expect.identical(trial.get().what(), plain, compiled.apply(trial.get().arrays()).eval());
                Expect.identical(trial.get().what() + ", again", plain, compiled.apply(trial.get().arrays()).eval());
            }
        }
        assertTrue(compiled.traces() <= trials, "a second call was traced");
    }
}
