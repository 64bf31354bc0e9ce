package dev.kiln.graph;

import dev.kiln.graph.Schedule.Place;
import dev.kiln.graph.Schedule.Slot;
import dev.kiln.graph.Schedule.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** What has failed in a run: for each slot why its value is not there, that of an input that another run computes included. */
final class Poison {

    private final Plan plan;
    private final Capture capture;
    /** By slot; made when something fails. */
    private volatile @Nullable AtomicReferenceArray<@Nullable Throwable> bySlot;

    Poison(Plan plan, Capture capture) {
        this.plan = plan;
        this.capture = capture;
    }

    /** Whether nothing can have failed so far. */
    boolean isClean() {
        return bySlot == null && !capture.isPending();
    }

    /** Why one of the values is not there; null if all are. */
    @Nullable
    Throwable of(List<Place> reads) {
        for (Place place : reads) {
            Throwable failure = of(place);
            if (failure != null) {
                return failure;
            }
        }
        return null;
    }

    /** Why the value is not there; null if it is. */
    @Nullable
    Throwable of(Place read) {
        AtomicReferenceArray<@Nullable Throwable> known = bySlot;
        Throwable failure = known == null ? null : known.get(read.slot());
        if (failure != null || !(plan.slot(read.slot()) instanceof Slot.Given given)) {
            return failure;
        }
        Node.Running producer = capture.pending(given.input());
        return producer == null ? null : producer.failure();
    }

    /** For each write of a launch the failure that reaches it through what it depends on. */
    List<@Nullable Throwable> reaching(Step.Launch launch) {
        List<@Nullable Throwable> failures = new ArrayList<>();
        for (int i = 0; i < launch.writes().size(); i++) {
            failures.add(of(launch.readsOf(i)));
        }
        return failures;
    }

    /** All that a launch should have written is not there. */
    void spread(Step.Launch launch, Throwable failure) {
        launch.writes().forEach(place -> bySlot().set(place.slot(), failure));
    }

    /** Says of each write what has failed, if something has: what reaches it, else the launch's own failure. */
    void spread(Step.Launch launch, List<@Nullable Throwable> reaching, @Nullable Throwable own) {
        for (int i = 0; i < reaching.size(); i++) {
            Throwable failure = reaching.get(i) == null ? own : reaching.get(i);
            if (failure != null || bySlot != null) { // null ends what the slot held before
                bySlot().set(launch.writes().get(i).slot(), failure);
            }
        }
    }

    private synchronized AtomicReferenceArray<@Nullable Throwable> bySlot() {
        AtomicReferenceArray<@Nullable Throwable> known = bySlot;
        if (known == null) {
            known = new AtomicReferenceArray<>(plan.slots());
            bySlot = known;
        }
        return known;
    }
}
