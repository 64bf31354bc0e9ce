package dev.kiln.graph;

import dev.kiln.graph.Schedule.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A schedule with its kernels, ready to be bound to buffers.
 *
 * @param guards the scalars that planning has looked at: the plan is right only for these
 * @param kernels by step; empty where the step is no launch
 * @param releases by slot: how many streams release it
 */
record Plan(Schedule schedule, Map<Primitive.Input, Double> guards, List<Optional<Kernel>> kernels,
        List<Integer> releases) {

    /** Plans the capture's graph; {@code looking} tells whether scalars may be looked at. */
    static Plan make(Capture capture, boolean looking, boolean fusing) {
        Map<Primitive.Input, Double> guards = new HashMap<>();
        Facts facts = looking ? node -> look(node, capture, guards) : node -> OptionalDouble.empty();
        Graph graph = Simplify.apply(capture.graph());
        if (fusing) {
            graph = Simplify.apply(Recognise.apply(graph, facts));
        }
        graph = Simplify.apply(Lower.apply(graph));
        Schedule schedule = Scheduler.schedule(Fuse.apply(graph, fusing), graph.outputs(), capture.streams);
        List<Optional<Kernel>> kernels = new ArrayList<>();
        Integer[] releases = new Integer[schedule.slots().size()];
        Arrays.fill(releases, 0);
        for (Step step : schedule.steps()) {
            kernels.add(step instanceof Step.Launch launch
                    ? Optional.of(Kernels.of(capture.streams.get(launch.stream()).device(), launch.work()))
                    : Optional.empty());
            if (step instanceof Step.Release release) {
                releases[release.slot()]++;
            }
        }
        return new Plan(schedule, guards, kernels, List.of(releases));
    }

    /** Whether the capture's scalars are those that planning saw. */
    boolean holdsFor(Capture capture) {
        for (Map.Entry<Primitive.Input, Double> guard : guards.entrySet()) {
            if (!scalar(capture, guard.getKey()).equals(OptionalDouble.of(guard.getValue()))) {
                return false;
            }
        }
        return true;
    }

    private static OptionalDouble look(Node node, Capture capture, Map<Primitive.Input, Double> guards) {
        if (!(Graph.primitive(Views.base(node)) instanceof Primitive.Input input)
                || input.spec().dtype() == DType.COMPLEX64) {
            return OptionalDouble.empty();
        }
        OptionalDouble value = scalar(capture, input);
        value.ifPresent(number -> guards.put(input, number));
        return value;
    }

    private static OptionalDouble scalar(Capture capture, Primitive.Input input) {
        return capture.leaves.get(input.index()) instanceof Storage.Scalar scalar
                ? OptionalDouble.of(scalar.value(input.spec().dtype()))
                : OptionalDouble.empty();
    }
}
