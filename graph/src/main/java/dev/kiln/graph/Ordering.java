package dev.kiln.graph;

import dev.kiln.graph.Schedule.Place;
import dev.kiln.graph.Schedule.Slot;
import dev.kiln.graph.Schedule.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts signals, waits and releases between launches. A stream that reads what another made waits for the last such launch
 * once, unless it has already waited for that launch or a later one; a slot is released by each stream that touched it,
 * after its last use there.
 */
final class Ordering {

    private record Edge(int from, int to) {}

    private record Touch(int stream, int slot) {}

    private Ordering() {}

    static List<Step> steps(List<Step.Launch> launches, List<Slot> slots) {
        Map<Integer, Set<Integer>> awaited = awaited(launches);
        Map<Integer, Integer> eventOf = new HashMap<>();
        awaited.values().forEach(made -> made.forEach(i -> eventOf.putIfAbsent(i, eventOf.size())));
        Map<Touch, Integer> lastTouch = new HashMap<>();
        for (int i = 0; i < launches.size(); i++) {
            for (int slot : touched(launches.get(i))) {
                lastTouch.put(new Touch(launches.get(i).stream(), slot), i);
            }
        }
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < launches.size(); i++) {
            Step.Launch launch = launches.get(i);
            for (int made : awaited.getOrDefault(i, Set.of())) {
                steps.add(new Step.Wait(launch.stream(), eventOf.getOrDefault(made, -1)));
            }
            steps.add(launch);
            Integer event = eventOf.get(i);
            if (event != null) {
                steps.add(new Step.Signal(launch.stream(), event));
            }
            for (int slot : touched(launch)) {
                if (slots.get(slot) instanceof Slot.Temporary
                        && lastTouch.getOrDefault(new Touch(launch.stream(), slot), -1) == i) {
                    steps.add(new Step.Release(launch.stream(), slot));
                }
            }
        }
        return List.copyOf(steps);
    }

    private static Set<Integer> touched(Step.Launch launch) {
        Set<Integer> slots = new java.util.TreeSet<>();
        launch.reads().forEach(place -> slots.add(place.slot()));
        launch.writes().forEach(place -> slots.add(place.slot()));
        return slots;
    }

    /** For each launch, the launches of other streams that its stream must wait for just before it. */
    private static Map<Integer, Set<Integer>> awaited(List<Step.Launch> launches) {
        Map<Integer, Integer> maker = new HashMap<>();
        Map<Edge, Integer> seen = new HashMap<>();
        Map<Integer, Set<Integer>> awaited = new HashMap<>();
        for (int i = 0; i < launches.size(); i++) {
            Step.Launch launch = launches.get(i);
            Map<Integer, Integer> latest = new HashMap<>();
            for (Place read : launch.reads()) {
                Integer made = maker.get(read.slot());
                if (made != null && launches.get(made).stream() != launch.stream()) {
                    latest.merge(launches.get(made).stream(), made, Math::max);
                }
            }
            for (Map.Entry<Integer, Integer> other : latest.entrySet()) {
                Edge edge = new Edge(other.getKey(), launch.stream());
                if (seen.getOrDefault(edge, -1) < other.getValue()) {
                    seen.put(edge, other.getValue());
                    awaited.computeIfAbsent(i, key -> new HashSet<>()).add(other.getValue());
                }
            }
            for (Place write : launch.writes()) {
                maker.put(write.slot(), i);
            }
        }
        return awaited;
    }
}
