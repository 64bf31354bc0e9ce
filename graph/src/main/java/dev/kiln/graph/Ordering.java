package dev.kiln.graph;

import dev.kiln.graph.Schedule.Place;
import dev.kiln.graph.Schedule.Slot;
import dev.kiln.graph.Schedule.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Puts signals, waits and releases between launches. A stream that reads what another made waits for that launch, unless
 * it has already waited for it or a later one, or for something that came after it on any stream; a slot is released by each
 * stream that touched it, after its last use there.
 */
final class Ordering {

    private record Touch(int stream, int slot) {}

    private Ordering() {}

    static List<Step> steps(List<Step.Launch> launches, List<Slot> slots) {
        Map<Integer, Set<Integer>> awaited = awaited(launches);
        Map<Integer, Integer> eventOf = new HashMap<>();
        awaited.values().forEach(made -> made.forEach(i -> eventOf.putIfAbsent(i, eventOf.size())));
        List<List<Integer>> releases = releases(launches, slots);
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
            for (int slot : releases.get(i)) {
                steps.add(new Step.Release(launch.stream(), slot));
            }
        }
        return List.copyOf(steps);
    }

    /** For each launch, the temporaries that its stream touches for the last time, ascending. */
    private static List<List<Integer>> releases(List<Step.Launch> launches, List<Slot> slots) {
        List<List<Integer>> releases = new ArrayList<>(launches.size());
        Set<Touch> later = new HashSet<>();
        for (Step.Launch launch : launches.reversed()) {
            List<Integer> last = new ArrayList<>(2);
            for (List<Place> places : List.of(launch.reads(), launch.writes())) {
                for (Place place : places) {
                    if (slots.get(place.slot()) instanceof Slot.Temporary
                            && later.add(new Touch(launch.stream(), place.slot()))) {
                        last.add(place.slot());
                    }
                }
            }
            Collections.sort(last);
            releases.add(last);
        }
        return releases.reversed();
    }

    /** For each launch, the launches of other streams that its stream must wait for just before it. */
    private static Map<Integer, Set<Integer>> awaited(List<Step.Launch> launches) {
        Map<Integer, Integer> maker = new HashMap<>();
        /* By stream, the last launch of each other stream that it knows to have ended; such a map is not changed later. */
        Map<Integer, Map<Integer, Integer>> known = new HashMap<>();
        List<Map<Integer, Integer>> knownAt = new ArrayList<>();
        Map<Integer, Set<Integer>> awaited = new HashMap<>();
        for (int i = 0; i < launches.size(); i++) {
            Step.Launch launch = launches.get(i);
            NavigableSet<Integer> needed = Collections.emptyNavigableSet();
            for (Place read : launch.reads()) {
                Integer made = maker.get(read.slot());
                if (made != null && launches.get(made).stream() != launch.stream()) {
                    needed = with(needed, made);
                }
            }
            Map<Integer, Integer> before = known.getOrDefault(launch.stream(), Map.of());
            Map<Integer, Integer> mine = needed.isEmpty() ? before : new HashMap<>(before);
            for (int made : needed.descendingSet()) { // the latest first: its stream may know of the others
                int by = launches.get(made).stream();
                if (mine.getOrDefault(by, -1) < made) {
                    knownAt.get(made).forEach((stream, last) -> mine.merge(stream, last, Math::max));
                    mine.put(by, made);
                    awaited.computeIfAbsent(i, key -> new LinkedHashSet<>()).add(made);
                }
            }
            known.put(launch.stream(), mine);
            knownAt.add(mine);
            for (Place write : launch.writes()) {
                maker.put(write.slot(), i);
            }
        }
        return awaited;
    }

    /** Most launches need nothing of other streams. */
    private static NavigableSet<Integer> with(NavigableSet<Integer> needed, int made) {
        NavigableSet<Integer> more = needed.isEmpty() ? new TreeSet<>() : needed;
        more.add(made);
        return more;
    }
}
