package dev.kiln.ops;

import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Node;
import dev.kiln.graph.Schedule;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What would run for arrays. */
final class Schedules {

    private Schedules() {}

    /** For each kernel, in order, the operations in it. */
    static List<List<String>> kernels(Array... arrays) {
        List<Node> nodes = Arrays.stream(arrays).map(Array::node).toList();
        Optional<Schedule> schedule = Evaluator.schedule(nodes);
        return schedule.stream().flatMap(found -> found.launches().stream()).map(Schedule.Step.Launch::members)
                .toList();
    }

    /** Computes an array both ways, the second time one operation after the other, and requires equal results. */
    static void assertFusionChangesNothing(Array fused, Array unfused, double tolerance) {
        Evaluator.evalUnfused(List.of(unfused.node()));
        Conformance.assertClose("fused", unfused, fused, tolerance, tolerance);
    }
}
