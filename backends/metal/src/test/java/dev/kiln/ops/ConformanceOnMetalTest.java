package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.kiln.backends.metal.NothingLeft;
import dev.kiln.graph.DType;
import dev.kiln.ops.Conformance.Case;
import dev.kiln.streams.Device;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** The cases that MLX computed, on Metal; but for those in float64, which it does not have. */
@ExtendWith(NothingLeft.class)
class ConformanceOnMetalTest {

    @TestFactory
    Stream<DynamicTest> norms_are_the_exact_ones() {
        return cases("rms_norm");
    }

    @TestFactory
    Stream<DynamicTest> layer_norms_rotations_and_attentions_are_those_of_mlx() {
        return cases("fast");
    }

    @TestFactory
    Stream<DynamicTest> elementwise_operations_are_those_of_mlx() {
        return cases("elementwise");
    }

    @TestFactory
    Stream<DynamicTest> keys_and_draws_are_those_of_mlx() {
        return cases("random");
    }

    private static Stream<DynamicTest> cases(String group) {
        return Conformance.group(group).stream().filter(ConformanceOnMetalTest::fits)
                .map(given -> DynamicTest.dynamicTest(given.toString(), () -> check(given)));
    }

    private static boolean fits(Case given) {
        return Stream.of(given.inputs(), given.outputs()).flatMap(arrays -> arrays.values().stream())
                .noneMatch(array -> array.dtype() == DType.FLOAT64);
    }

    private static void check(Case given) {
        assertFalse(given.outputs().isEmpty());
        try (Scope scope = Scope.open()) {
            given.check(given.outputs().keySet().iterator().next(),
                    Device.METAL.call(() -> Conforming.result(given).eval()));
        }
    }
}
