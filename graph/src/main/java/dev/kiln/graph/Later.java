package dev.kiln.graph;

import dev.kiln.graph.Schedule.Step;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Launches of a run that a device does later: how they failed, and up to which step those of each stream are settled.
 * Failures and settling may come from any thread, and settling up to a step includes all before.
 */
final class Later {

    /** What is done with a launch of which it is known how it went. */
    @FunctionalInterface
    interface Settling {
        void settle(int step, Step.Launch launch);
    }

    /** Of a run whose launches are all done at once. */
    static final Later NEVER = new Later(List.of(), 0);

    private final List<Step> steps;
    private final AtomicReferenceArray<@Nullable Throwable> failures;
    private final int[] settled;

    Later(List<Step> steps, int streams) {
        this.steps = steps;
        failures = new AtomicReferenceArray<>(steps.size());
        settled = new int[streams];
    }

    /** Tells that the launch at a step failed; the first failure counts. */
    void fail(int step, Throwable failure) {
        failures.compareAndSet(step, null, failure);
    }

    /** How the launch at a step failed; null if it did not. */
    @Nullable
    Throwable failure(int step) {
        return failures.get(step);
    }

    /** Whether a device does nothing of the run later. */
    boolean isNothing() {
        return steps.isEmpty();
    }

    /** Settles the launches of a stream, of a number, that come before {@code end} and were not settled before. */
    synchronized void settle(int stream, int end, Settling settling) {
        int begin = settled[stream];
        settled[stream] = Math.max(begin, end);
        for (int i = begin; i < end; i++) {
            if (steps.get(i) instanceof Step.Launch launch && launch.stream() == stream) {
                settling.settle(i, launch);
            }
        }
    }
}
