package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The derivatives of each operation of the {@link OpTable}, in float64, on all shapes and placings. */
class OpGradientTest {

    private static final long SEED = 4711;
    private static final int DIRECTIONS = 2;

    static Stream<Arguments> rows() {
        return arguments(OpTable.cases().stream());
    }

    static Stream<Arguments> smooth() {
        return arguments(Stream.of(UnaryCases.rows(), BinaryCases.rows(), RowCases.rows()).flatMap(List::stream));
    }

    /** The rows that have derivatives at all: those of integers, orders and comparisons have none. */
    private static Stream<Arguments> arguments(Stream<OpCase> rows) {
        return rows.filter(row -> row.dtypes().contains(DType.FLOAT64)).map(OpCase::ordinary)
                .filter(OpGradientTest::hasSlope).map(row -> Arguments.of(row, SEED));
    }

    private static boolean hasSlope(OpCase row) {
        return OpTable.SHAPES.stream().anyMatch(shape -> Stream.of(Placing.values()).anyMatch(
                placing -> Trial.draw(row, DType.FLOAT64, shape, placing, SEED).flatMap(trial -> Slope.of(trial, SEED))
                        .isPresent()));
    }

    private static void eachSlope(OpCase row, long seed, Consumer<Slope> check) {
        int trials = 0;
        for (Shape shape : OpTable.SHAPES) {
            for (Placing placing : Placing.values()) {
                long number = seed + trials;
                Optional<Slope> slope = Trial.draw(row, DType.FLOAT64, shape, placing, number)
                        .flatMap(trial -> Slope.of(trial, number));
                if (slope.isPresent()) {
                    trials++;
                    check.accept(slope.get());
                }
            }
        }
        assertTrue(trials > 0, () -> row + " has no derivative");
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("rows")
    void the_gradient_is_the_slope_of_the_reference(OpCase row, long seed) {
        eachSlope(row, seed, slope -> {
            List<Array> gradient = Transforms.vjp(slope::call, slope.primals(), slope.weights()).cotangents();
            for (int i = 0; i < gradient.size(); i++) {
                assertEquals(slope.primals().get(i).node().spec(), gradient.get(i).node().spec());
            }
            for (int i = 0; i < DIRECTIONS; i++) {
                List<Array> direction = slope.direction();
                slope.rate(direction).ifPresent(
                        rate -> slope.requireClose("the slope", rate, Slope.dot(gradient, direction), 1e-5));
            }
        });
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("rows")
    void forward_and_reverse_mode_agree(OpCase row, long seed) {
        eachSlope(row, seed, slope -> {
            List<Array> direction = slope.direction();
            Array tangent = Transforms.<List<Array>, Array>jvp(slope::call, slope.primals(), direction).tangents();
            List<Array> gradient = Transforms.vjp(slope::call, slope.primals(), slope.weights()).cotangents();
            double precision = tangent.dtype() == DType.FLOAT64 ? 1e-12 : tangent.dtype().size() == 4 ? 1e-6 : 1e-2;
            slope.requireClose("the forward slope", Slope.dot(gradient, direction),
                    Slope.dot(List.of(tangent), List.of(slope.weights())), precision * row.slack());
        });
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("smooth")
    void the_second_derivative_is_the_slope_of_the_first(OpCase row, long seed) {
        double step = 1e-5;
        eachSlope(row, seed, slope -> {
            List<Array> direction = slope.direction();
            Function<List<Array>, List<Array>> gradient = x -> Transforms.vjp(slope::call, x, slope.weights())
                    .cotangents();
            List<Array> turned = Transforms.vjp(gradient, slope.primals(), direction).cotangents();
            List<Array> other = slope.direction();
            double after = Slope.dot(gradient.apply(slope.movedArrays(other, step)), direction);
            double before = Slope.dot(gradient.apply(slope.movedArrays(other, -step)), direction);
            slope.requireClose("the second slope", (after - before) / (2 * step), Slope.dot(turned, other), 1e-4);
        });
    }
}
