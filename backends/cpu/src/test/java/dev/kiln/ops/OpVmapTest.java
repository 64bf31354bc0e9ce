package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.DType;
import dev.kiln.graph.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operation of the {@link OpTable} under {@code vmap}, against a loop: over every axis, and over each of its operands. */
class OpVmapTest {

    private static final long SEED = 815;
    private static final int SIZE = 3;

    static Stream<Arguments> rows() {
        return OpTable.cases().stream().map(row -> {
            DType dtype = row.dtypes().stream().max(Comparator.comparing(type -> type == DType.FLOAT32)).orElseThrow();
            return Arguments.of(row.ordinary(), dtype, SEED);
        });
    }

    @ParameterizedTest(name = "{0}, {1}, seed {2}")
    @MethodSource("rows")
    void vmap_is_a_loop(OpCase row, DType dtype, long seed) {
        int trials = 0;
        for (Shape shape : OpTable.SHAPES) {
            List<Trial> each = new ArrayList<>();
            for (int i = 0; i < SIZE; i++) {
                Trial.draw(row, dtype, shape, Placing.CONTIGUOUS, seed + i).ifPresent(each::add);
            }
            if (each.isEmpty()) {
                continue;
            }
            int operands = each.getFirst().arrays().size();
            for (int chosen = 1; chosen < 1 << operands; chosen++) {
                for (int turn = 0; turn <= shape.rank(); turn++) {
                    trials++;
                    check(each, chosen, turn);
                }
            }
        }
        assertTrue(trials > 0, "no shape fits " + row);
    }

    /** Maps the operands whose bits are in {@code chosen}, each over the axis that is {@code turn} of its own. */
    private static void check(List<Trial> each, int chosen, int turn) {
        Trial first = each.getFirst();
        List<Array> arguments = new ArrayList<>();
        List<@Nullable Integer> axes = new ArrayList<>();
        for (int i = 0; i < first.arrays().size(); i++) {
            int operand = i;
            if ((chosen & 1 << i) == 0) {
                arguments.add(first.arrays().get(i));
                axes.add(null);
            } else {
                int axis = turn % (first.arrays().get(i).ndim() + 1);
                arguments.add(Ops.stack(each.stream().map(trial -> trial.arrays().get(operand)).toList(), axis));
                axes.add(axis);
            }
        }
        List<Array> loop = IntStream.range(0, SIZE).mapToObj(number -> first.row().call().apply(
                IntStream.range(0, axes.size())
                        .mapToObj(i -> (axes.get(i) == null ? first : each.get(number)).arrays().get(i)).toList()))
                .toList();
        int outAxis = turn % (loop.getFirst().ndim() + 1);
        Array together = Transforms.<List<Array>, Array>vmap(x -> first.row().call().apply(x), axes,
                java.util.Collections.singletonList(outAxis)).apply(arguments);
        double tolerance = first.row().slack() * 1e-5;
        Conformance.assertClose(first.what() + " over " + axes + " to " + outAxis, Ops.stack(loop, outAxis), together,
                tolerance, tolerance);
    }
}
