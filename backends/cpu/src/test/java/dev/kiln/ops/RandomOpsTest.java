package dev.kiln.ops;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.Evaluator;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random graphs of operations of the {@link OpTable}: evaluated fused, and one kernel at a time, bit by bit. */
@Tag("everyLoops")
class RandomOpsTest {

    private static final int GRAPHS = 125;
    private static final List<OpCase> ROWS = OpTable.cases();

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 16);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void fused_and_unfused_graphs_have_the_same_bits(long seed) {
        Random random = new Random(seed);
        int fused = 0;
        for (int round = 0; round < GRAPHS; round++) {
            long graph = random.nextLong();
            int size = 1 + random.nextInt(15);
            RandomOps single = new RandomOps(ROWS, graph);
            List<Array> expected = single.grow(size);
            List<Array> outputs = new RandomOps(ROWS, graph).grow(size);
            Evaluator.evalUnfused(expected.stream().map(Array::node).toList());
            fused += fuses(outputs) ? 1 : 0;
            Evaluator.eval(outputs.stream().map(Array::node).toList());
            for (int i = 0; i < outputs.size(); i++) {
                Expect.identical("graph " + graph + " of " + size + ", output " + i + ": " + single, expected.get(i),
                        outputs.get(i));
            }
        }
        int graphs = fused;
        assertTrue(fused > GRAPHS / 4, () -> graphs + " of " + GRAPHS + " graphs had a fused kernel");
    }

    private static boolean fuses(List<Array> outputs) {
        return Evaluator.schedule(outputs.stream().map(Array::node).toList()).stream()
                .flatMap(schedule -> schedule.launches().stream()).anyMatch(launch -> launch.members().size() > 2);
    }
}
