package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
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
        given.check(output, run(given));
    }

    private static Array run(Case given) {
        return switch (given.op()) {
            case "random.key" -> Random.key((long) given.number("seed"));
            case "random.split" -> Random.split(given.input("key"), (int) given.number("num"));
            case "random.categorical" -> Random.categorical(given.input("logits"), -1, given.input("key"));
            case "random.uniform" -> Random.uniform(given.number("low"), given.number("high"), shape(given),
                    DType.FLOAT32, given.input("key"));
            case "random.normal" -> Random.normal(shape(given), DType.FLOAT32, given.input("key"));
            case "random.gumbel" -> Random.gumbel(shape(given), DType.FLOAT32, given.input("key"));
            case "random.bernoulli" -> Random.bernoulli(given.number("p"), shape(given), given.input("key"));
            case "random.randint" -> Random.randint(given.number("low"), given.number("high"), shape(given),
                    DType.INT32, given.input("key"));
            default -> throw new IllegalArgumentException("no operation for " + given);
        };
    }

    private static Shape shape(Case given) {
        return Shape.shape(given.numbers("shape"));
    }
}
