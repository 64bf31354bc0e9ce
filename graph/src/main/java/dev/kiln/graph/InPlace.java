package dev.kiln.graph;

import dev.kiln.graph.Schedule.Place;
import dev.kiln.graph.Schedule.Step;
import dev.kiln.graph.Work.Extent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Lets a kernel write over what it is the last to read, an intermediate or an input that was donated: a fused kernel does so
 * element by element in the same order, an update replaces some elements. No new memory, and the lines are in the cache already.
 */
final class InPlace {

    private InPlace() {}

    /**
     * Chooses a home for each slot: its own number, or that of the slot whose memory it takes over.
     *
     * @param given the slots whose memory is the caller's and must stay as it is
     * @param donated the slots whose memory was the caller's: taken over first, for nobody else would use it
     */
    static int[] share(List<Step.Launch> launches, int slots, Set<Integer> given, Set<Integer> donated,
            List<Place> results) {
        int[] lastRead = new int[slots];
        int[] home = new int[slots];
        for (int slot = 0; slot < home.length; slot++) {
            home[slot] = slot;
        }
        for (int i = 0; i < launches.size(); i++) {
            for (Place read : launches.get(i).reads()) {
                lastRead[read.slot()] = i;
            }
        }
        results.forEach(place -> lastRead[place.slot()] = launches.size());
        boolean[] elsewhere = otherStreams(launches, slots);
        for (int i = 0; i < launches.size(); i++) {
            Step.Launch launch = launches.get(i);
            if (launch.work() instanceof Work.Program program) {
                share(launch, program, i, lastRead, given, donated, elsewhere, home);
            } else if (launch.work() instanceof Work.Single(Primitive.Update update, var inputs, Spec output)) {
                int read = launch.reads().getFirst().slot();
                if (!given.contains(read) && !elsewhere[read] && lastRead[read] == i
                        && isWhole(launch.reads().getFirst())
                        && readOnce(launch, read)) {
                    home[launch.writes().getFirst().slot()] = home[read];
                }
            }
        }
        return home;
    }

    private static boolean isWhole(Place place) {
        return place.layout().offset() == 0 && place.layout().isContiguous(place.spec().shape());
    }

    private static void share(Step.Launch launch, Work.Program program, int at, int[] lastRead, Set<Integer> given,
            Set<Integer> donated, boolean[] elsewhere, int[] home) {
        List<Integer> reads = IntStream.range(0, program.loads().size()).boxed()
                .sorted(Comparator.comparing(read -> !donated.contains(launch.reads().get(read).slot())))
                .collect(Collectors.toCollection(ArrayList::new));
        for (int w = 0; w < program.stores().size(); w++) {
            for (int r : reads) {
                int read = launch.reads().get(r).slot();
                if (!given.contains(read) && !elsewhere[read] && lastRead[read] == at
                        && sameElements(program, launch, r, w) && readOnce(launch, read)) {
                    reads.remove(Integer.valueOf(r));
                    home[launch.writes().get(w).slot()] = home[read];
                    break;
                }
            }
        }
    }

    private static boolean sameElements(Work.Program program, Step.Launch launch, int read, int write) {
        Work.Load load = program.loads().get(read);
        Place place = launch.reads().get(read);
        return load.extent() == Extent.FULL && program.extent(program.stores().get(write)) == Extent.FULL
                && place.layout().offset() == 0 && load.layout().isContiguous(program.space())
                && load.dtype().size() == launch.writes().get(write).spec().dtype().size();
    }

    private static boolean readOnce(Step.Launch launch, int slot) {
        return launch.reads().stream().filter(place -> place.slot() == slot).count() == 1;
    }

    /** Which slots are read or written by more than one stream: their memory is free at no one point of the order. */
    private static boolean[] otherStreams(List<Step.Launch> launches, int slots) {
        int[] owner = new int[slots];
        boolean[] several = new boolean[slots];
        for (Step.Launch launch : launches) {
            for (List<Place> places : List.of(launch.reads(), launch.writes())) {
                for (Place place : places) {
                    several[place.slot()] |= owner[place.slot()] != 0 && owner[place.slot()] != launch.stream() + 1;
                    owner[place.slot()] = launch.stream() + 1;
                }
            }
        }
        return several;
    }
}
