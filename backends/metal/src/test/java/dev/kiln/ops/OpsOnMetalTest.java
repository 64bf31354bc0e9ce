package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kiln.backends.metal.NothingLeft;
import dev.kiln.graph.DType;
import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Shape;
import dev.kiln.streams.Device;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The operations of the {@link OpTable} on Metal: results on operands of all its shapes, and of one, placed as the seed chooses; fusion and gradients on that one. It chooses some of the row's dtypes as well, {@code kiln.metal.dtypes} of them, since a kernel takes clang a while.
 */
@ExtendWith(NothingLeft.class)
class OpsOnMetalTest {

    private static final long SEED = 8128;
    private static final int DTYPES = Integer.getInteger("kiln.metal.dtypes", 2);

    private final Scope scope = Scope.open();

    @AfterEach
    void arrays_go() {
        scope.close();
    }

    static Stream<Arguments> rows() {
        return rows(OpTable.cases(), DTYPES);
    }

    static Stream<Arguments> once() {
        return rows(OpTable.cases(), 1);
    }

    /** The rows that have derivatives; in float32, since the device has no float64 to be more precise with. */
    static Stream<Arguments> withDerivatives() {
        return rows(OpTable.cases().stream().filter(row -> row.dtypes().contains(DType.FLOAT32))
                .map(row -> row.ordinary().dtypes(Set.of(DType.FLOAT32))).filter(OpsOnMetalTest::isFloating).toList(),
                1);
    }

    private static boolean isFloating(OpCase row) {
        Trial trial = drawn(row, DType.FLOAT32, SEED);
        return trial.result().dtype() == DType.FLOAT32 && !primals(trial).isEmpty();
    }

    private static Stream<Arguments> rows(List<OpCase> cases, int dtypes) {
        List<Arguments> rows = new ArrayList<>();
        for (OpCase row : cases) {
            List<DType> all = new ArrayList<>(
                    row.dtypes().stream().filter(dtype -> dtype != DType.FLOAT64).sorted().toList());
            Collections.shuffle(all, new Random(SEED + rows.size()));
            all.stream().limit(dtypes).forEach(dtype -> rows.add(Arguments.of(row, dtype, SEED + rows.size())));
        }
        return rows.stream();
    }

    @ParameterizedTest(name = "{0}, {1}, seed {2}")
    @MethodSource("rows")
    void the_result_is_the_references_for_every_shape(OpCase row, DType dtype, long seed) {
        for (Trial trial : Device.METAL.call(() -> inAllShapes(row, dtype, seed))) {
            Array result = Device.METAL.call(trial::result);
            if (result.dtype() == DType.FLOAT64) {
                assertThrows(UnsupportedOperationException.class, result::eval, trial.what());
            } else {
                Expect.close(trial.what(), trial.expected(), result, row.slack());
            }
        }
    }

    /** A trial of each shape that the row takes, those without elements too, and one of what {@link #drawn} chooses. */
    private static List<Trial> inAllShapes(OpCase row, DType dtype, long seed) {
        return Stream.concat(OpTable.SHAPES.stream()
                .flatMap(shape -> Trial.draw(row, dtype, shape, Placing.CONTIGUOUS, seed).stream()),
                Stream.of(drawn(row, dtype, seed))).toList();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void a_norm_with_what_is_around_it_is_one_kernel(DType dtype) {
        Array y = Device.METAL.call(() -> {
            Array x = Ops.full(Shape.shape(3, 64), 2, dtype).eval();
            Array residual = Ops.full(Shape.shape(3, 64), 1, dtype).eval();
            Array weight = Ops.full(Shape.shape(64), 3, dtype).eval();
            return Fast.rmsNorm(x.add(residual), weight, 1e-5).multiply(0.5f).astype(DType.BFLOAT16);
        });
        assertEquals(1, Evaluator.schedule(List.of(y.node())).orElseThrow().launches().size());
    }

    @ParameterizedTest(name = "{0}, {1}, seed {2}")
    @MethodSource("once")
    void fused_and_unfused_are_the_same_bits(OpCase row, DType dtype, long seed) {
        Trial trial = drawn(row, dtype, seed);
        Array fused = Device.METAL.call(() -> between(trial));
        if (fused.dtype() != DType.FLOAT64) {
            Array single = Device.METAL.call(() -> between(trial));
            Evaluator.evalUnfused(List.of(single.node()));
            Expect.identical(trial.what(), single, fused.eval());
        }
    }

    /** Elementwise work that keeps the values, in front of the operation and behind it. */
    private static Array between(Trial trial) {
        List<Array> operands = trial.arrays().stream().map(x -> Ops.maximum(x, x)).toList();
        Array result = trial.row().call().apply(operands);
        return Ops.minimum(result, result);
    }

    @ParameterizedTest(name = "{0}, seed {2}")
    @MethodSource("withDerivatives")
    void the_gradient_is_the_processors(OpCase row, DType dtype, long seed) {
        Trial trial = drawn(row, dtype, seed);
        trial.arrays().forEach(Array::eval);
        Array weights = Ops.full(trial.result().shape(), 0.75, dtype).eval();
        List<Array> here = gradient(trial, weights);
        List<Array> there = Device.METAL.call(() -> gradient(trial, weights));
        for (int i = 0; i < here.size(); i++) {
            Conformance.assertClose(trial.what(), here.get(i), there.get(i), 1e-5 * row.slack(), 1e-5 * row.slack());
        }
    }

    private static List<Array> gradient(Trial trial, Array weights) {
        return Transforms.vjp(primals -> {
            List<Array> operands = new ArrayList<>(trial.arrays());
            List<Integer> smooth = primals(trial);
            for (int i = 0; i < smooth.size(); i++) {
                operands.set(smooth.get(i), primals.get(i));
            }
            return trial.row().call().apply(operands);
        }, primals(trial).stream().map(trial.arrays()::get).toList(), weights).cotangents();
    }

    /** The operands that have derivatives. */
    private static List<Integer> primals(Trial trial) {
        return IntStream.range(0, trial.arrays().size())
                .filter(i -> trial.arrays().get(i).dtype() == DType.FLOAT32).boxed().toList();
    }

    /** A trial of one of the places that the row takes; they are all tried on the processor. */
    private static Trial drawn(OpCase row, DType dtype, long seed) {
        List<Shape> shapes = new ArrayList<>(OpTable.SHAPES);
        List<Placing> placings = new ArrayList<>(List.of(Placing.values()));
        Random random = new Random(seed);
        Collections.shuffle(shapes, random);
        Collections.shuffle(placings, random);
        return shapes.stream().filter(shape -> shape.size() > 0)
                .flatMap(shape -> placings.stream().map(placing -> Trial.draw(row, dtype, shape, placing, seed)))
                .flatMap(Optional::stream).findFirst().orElseThrow();
    }
}
