package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each operation of the {@link OpTable} between elementwise operations that fuse with it: the bits are those of the same
 * operations one kernel at a time.
 */
class OpFusionTest {

    private static final long SEED = 977;

    static Stream<Arguments> rows() {
        return OpTable.cases().stream()
                .flatMap(row -> row.dtypes().stream().sorted().map(dtype -> Arguments.of(row, dtype, SEED)));
    }

    @ParameterizedTest(name = "{0}, {1}, seed {2}")
    @MethodSource("rows")
    void fused_and_unfused_are_the_same_bits(OpCase row, DType dtype, long seed) {
        Random random = new Random(seed);
        int trials = 0;
        for (Shape shape : OpTable.SHAPES) {
            Placing placing = Placing.any(random);
            Optional<Trial> trial = Trial.draw(row, dtype, shape, placing, seed + trials);
            if (trial.isPresent()) {
                trials++;
                check(trial.get());
            }
        }
    }

    private static void check(Trial trial) {
        Array fused = between(trial).eval();
        Array single = between(trial);
        Evaluator.evalUnfused(List.of(single.node()));
        Expect.identical(trial.what(), single, fused);
    }

    /** Elementwise work that keeps the values, in front of the operation and behind it. */
    private static Array between(Trial trial) {
        List<Array> operands = trial.arrays().stream().map(x -> Ops.maximum(x, x)).toList();
        Array result = trial.row().call().apply(operands);
        return Ops.minimum(result, result);
    }
}
