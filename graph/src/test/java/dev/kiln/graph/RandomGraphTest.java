package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.streams.Stream;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs of all kinds of nodes have the values of the naive computation, bit by bit, however they are evaluated. */
@Timeout(120)
class RandomGraphTest {

    private static final int GRAPHS = 150;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 10);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void fused_on_one_stream(long seed) {
        compare(seed, List.of(Toys.stream()), Evaluator::eval);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void unfused(long seed) {
        compare(seed, List.of(Toys.stream()), Evaluator::evalUnfused);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void fused_on_three_streams(long seed) {
        compare(seed, List.of(Toys.stream(), Toys.stream(), Toys.stream()), Evaluator::eval);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void asynchronously_one_output_after_the_other(long seed) {
        compare(seed, List.of(Toys.stream(), Toys.stream()), outputs -> outputs.forEach(Toys::start));
    }

    private interface Evaluation {
        void eval(List<Node> outputs);
    }

    private static void compare(long seed, List<Stream> streams, Evaluation evaluation) {
        Random random = new Random(seed);
        int fused = 0;
        for (int round = 0; round < GRAPHS; round++) {
            long graph = random.nextLong();
            int size = 1 + random.nextInt(40);
            List<Node> reference = new RandomGraph(graph, streams).grow(size);
            double[][] expected = reference.stream().map(Naive::values).toArray(double[][]::new);
            List<Node> outputs = new RandomGraph(graph, streams).grow(size);
            fused += Evaluator.schedule(outputs).map(Schedule::launches).orElse(List.of()).stream()
                    .filter(launch -> launch.members().size() > 2).count() > 0 ? 1 : 0;
            evaluation.eval(outputs);
            for (int i = 0; i < expected.length; i++) {
                int output = i;
                assertArrayEquals(expected[i], Toys.values(outputs.get(i)),
                        () -> "graph " + graph + " of " + size + ", output " + output);
            }
        }
        assertTrue(fused > GRAPHS / 3, fused + " graphs had a fused kernel");
    }
}
