package dev.kiln.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiln.graph.Schedule.Place;
import dev.kiln.graph.Schedule.Step;
import dev.kiln.streams.Stream;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random graphs over one to four streams, each evaluated as often as it has launches, with another one failing each time. */
@Timeout(300)
class EveryLaunchTest {

    private static final int GRAPHS = 40;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 8);
    }

    @AfterEach
    void let_all_launches_run() {
        RecordingBackend.failAt(Integer.MAX_VALUE);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whichever_launch_fails_exactly_what_depends_on_it_fails_and_the_rest_is_right(long seed) {
        long active = Settled.active();
        evaluateWithFailures(seed);
        long left = Settled.active();
        assertTrue(left <= active, () -> active + " bytes before, " + left + " after");
    }

    /** In a method of its own, so that nothing of it is reachable when bytes are counted. */
    private static void evaluateWithFailures(long seed) {
        Random random = new Random(seed);
        List<Stream> streams = IntStream.range(0, 1 + (int) (seed % 4)).mapToObj(i -> Toys.stream()).toList();
        for (int round = 0; round < GRAPHS; round++) {
            long graph = random.nextLong();
            int size = 1 + random.nextInt(25);
            List<double[]> expected = new RandomGraph(graph, streams).grow(size).stream().map(Naive::values).toList();
            List<Node> first = new RandomGraph(graph, streams).grow(size);
            int launches = Evaluator.schedule(first).map(schedule -> schedule.launches().size()).orElse(0);
            for (int failing = 1; failing <= launches; failing++) {
                List<Node> outputs = new RandomGraph(graph, streams).grow(size);
                Schedule schedule = Toys.schedule(outputs.toArray(Node[]::new));
                List<Node> asked = outputs.stream().filter(output -> output.primitive() != null).distinct().toList();
                RecordingBackend.failAt(failing);
                Optional<KilnException> failure = failure(outputs);
                check(outputs, expected, schedule, asked, failure,
                        "graph " + graph + " of " + size + ", launch " + failing);
            }
            RecordingBackend.failAt(Integer.MAX_VALUE);
            for (int i = 0; i < expected.size(); i++) { // the same streams work on
                assertArrayEquals(expected.get(i), Toys.values(first.get(i)), "graph " + graph);
            }
        }
    }

    /** What the evaluation failed with; empty if only an intermediate did, which is kept and which nothing asked for needs. */
    private static Optional<KilnException> failure(List<Node> outputs) {
        try {
            Evaluator.eval(outputs);
            return Optional.empty();
        } catch (KilnException failure) {
            assertInstanceOf(ArithmeticException.class, failure.getCause());
            return Optional.of(failure);
        }
    }

    private static void check(List<Node> outputs, List<double[]> expected, Schedule schedule, List<Node> asked,
            Optional<KilnException> failure, String where) {
        Set<Node> failed = new HashSet<>();
        for (int i = 0; i < outputs.size(); i++) {
            Node output = outputs.get(i);
            try {
                assertArrayEquals(expected.get(i), Toys.values(output), where);
            } catch (KilnException thrown) {
                assertSame(failure.orElseThrow(), thrown, where);
                assertSame(thrown, assertThrows(KilnException.class, () -> Evaluator.read(output)), where);
                failed.add(output);
            }
        }
        assertTrue(schedule.launches().stream()
                .filter(launch -> failure.isEmpty() || isNamed(launch, failure.get().getMessage()))
                .anyMatch(launch -> reached(schedule, launch, asked).equals(failed)),
                () -> where + ": " + failure + "\nreached " + failed.size() + " of " + outputs.size() + " in\n"
                        + schedule);
    }

    /** Whether the message tells of this launch, or of one of the same operations on the same shapes. */
    private static boolean isNamed(Step.Launch launch, String message) {
        return message.startsWith("[" + String.join("+", launch.members()) + "] failed on stream(cpu, ")
                && message.contains(" for " + launch.reads().stream().map(Place::spec).toList() + " -> "
                        + launch.writes().stream().map(Place::spec).toList() + ": ");
    }

    /** Those of {@code asked}, which is what the schedule's outputs are, that depend on what {@code failing} writes. */
    private static Set<Node> reached(Schedule schedule, Step.Launch failing, List<Node> asked) {
        Set<Integer> slots = new HashSet<>();
        for (Step.Launch launch : schedule.launches()) {
            Set<Integer> written = new HashSet<>();
            for (int i = 0; i < launch.writes().size(); i++) {
                if (launch == failing || launch.readsOf(i).stream().anyMatch(read -> slots.contains(read.slot()))) {
                    written.add(launch.writes().get(i).slot());
                }
            }
            launch.writes().forEach(place -> slots.remove(place.slot()));
            slots.addAll(written);
        }
        return IntStream.range(0, asked.size()).filter(i -> slots.contains(schedule.outputs().get(i).slot()))
                .mapToObj(asked::get).collect(Collectors.toSet());
    }
}
