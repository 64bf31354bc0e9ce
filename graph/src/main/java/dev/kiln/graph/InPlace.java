package dev.kiln.graph;

import dev.kiln.graph.Schedule.Place;
import dev.kiln.graph.Schedule.Step;
import dev.kiln.graph.Work.Extent;
import java.util.List;
import java.util.Set;

/**
 * Lets a fused kernel write over an intermediate that it is the last to read, element by element in the same order: no new
 * memory, and the lines are in the cache already.
 */
final class InPlace {

    private InPlace() {}

    /**
     * Chooses a home for each slot: its own number, or that of the slot whose memory it takes over.
     *
     * @param given the slots whose memory is the caller's, and never written
     */
    static int[] share(List<Step.Launch> launches, int slots, Set<Integer> given, List<Place> results) {
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
            if (launches.get(i).work() instanceof Work.Program program) {
                share(launches.get(i), program, i, lastRead, given, elsewhere, home);
            }
        }
        return home;
    }

    private static void share(Step.Launch launch, Work.Program program, int at, int[] lastRead, Set<Integer> given,
            boolean[] elsewhere, int[] home) {
        boolean[] taken = new boolean[program.loads().size()];
        for (int w = 0; w < program.stores().size(); w++) {
            for (int r = 0; r < taken.length; r++) {
                int read = launch.reads().get(r).slot();
                if (!taken[r] && !given.contains(read) && !elsewhere[read] && lastRead[read] == at
                        && sameElements(program, launch, r, w) && readOnce(launch, read)) {
                    taken[r] = true;
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
