package dev.kiln.graph;

import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What will be done, in order: a value that can be printed, compared and cached. Streams are numbered by role, not by
 * name, so one schedule serves any streams; arrays live in numbered slots.
 *
 * @param slots where values live
 * @param steps what is done; the steps of one stream run in this order
 * @param outputs where the results are
 * @param outputStreams the stream that completes each result
 */
public record Schedule(List<Slot> slots, List<Step> steps, List<Place> outputs, List<Integer> outputStreams) {

    /** A piece of memory. */
    public sealed interface Slot {
        /** Brought by the caller: the value of the graph's input of that number. */
        record Given(int input, DType dtype) implements Slot {}

        /** Taken for the time between the first use and the release. */
        record Temporary(long bytes) implements Slot {}

        /** Handed to the caller. */
        record Result(long bytes) implements Slot {}

        /** Handed to the caller; in the memory of a slot that was given and donated, if nobody else needs that. */
        record Inherited(long bytes, int from) implements Slot {}
    }

    /** An array in a slot. */
    public record Place(int slot, Spec spec, Layout layout) {
        long byteOffset() {
            return layout.offset() * spec.dtype().size();
        }
    }

    /** Something that a stream does. */
    public sealed interface Step {
        /** The stream's number. */
        int stream();

        /**
         * Runs one kernel.
         *
         * @param members the operations in it, in order
         * @param origins the parts of the evaluated graph that they come from
         * @param stops why the values it reads were not computed in it
         */
        record Launch(int stream, Work work, List<Place> reads, List<Place> writes, List<String> members,
                List<Integer> origins, List<String> stops) implements Step {
            /** Bytes read and written, each array once. */
            public long bytes() {
                return reads.stream().mapToLong(Launch::touched).sum()
                        + writes.stream().mapToLong(place -> place.spec().bytes()).sum();
            }

            /** What the write of this number depends on. */
            List<Place> readsOf(int write) {
                return switch (work) {
                    case Work.Single single -> reads;
                    case Work.Several several -> reads;
                    case Work.Program program -> {
                        BitSet loads = program.loadsOf(write);
                        yield IntStream.range(0, reads.size()).filter(loads::get).mapToObj(reads::get).toList();
                    }
                };
            }

            /** Whether elements are only moved, to lie as the next kernel needs them. */
            boolean isCopy() {
                return work instanceof Work.Program program && program.body().isEmpty();
            }

            /** For example {@code float32(2,3), float32(3) -> float32(2,3)}. */
            String arrays() {
                return specs(reads) + " -> " + specs(writes);
            }

            private static String specs(List<Place> places) {
                return places.stream().map(place -> place.spec().toString()).collect(Collectors.joining(", "));
            }

            private static long touched(Place place) {
                long bytes = place.spec().dtype().size();
                for (int i = 0; i < place.spec().shape().rank(); i++) {
                    bytes *= place.layout().stride(i) == 0
                            ? Math.min(1, place.spec().shape().dim(i))
                            : place.spec().shape().dim(i);
                }
                return bytes;
            }
        }

        /** Lets others know that the stream has come so far. */
        record Signal(int stream, int event) implements Step {}

        /** Goes on once another stream has signalled. */
        record Wait(int stream, int event) implements Step {}

        /** The stream needs the slot no more. */
        record Release(int stream, int slot) implements Step {}
    }

    /** The kernels, in order. */
    public List<Step.Launch> launches() {
        return steps.stream().filter(Step.Launch.class::isInstance).map(Step.Launch.class::cast).toList();
    }

    /** How many events the streams tell each other. */
    public int events() {
        return (int) steps.stream().filter(Step.Signal.class::isInstance).count();
    }

    /** A line a step. */
    @Override
    public String toString() {
        return steps.stream().map(Schedule::line).collect(Collectors.joining("\n"));
    }

    private static String line(Step step) {
        return "stream " + step.stream() + ": " + switch (step) {
            case Step.Launch launch -> "launch " + String.join("+", launch.members()) + " " + places(launch.reads())
                    + " -> " + places(launch.writes());
            case Step.Signal signal -> "signal event " + signal.event();
            case Step.Wait wait -> "wait for event " + wait.event();
            case Step.Release release -> "release #" + release.slot();
        };
    }

    private static String places(List<Place> places) {
        return places.stream().map(place -> "#" + place.slot() + " " + place.spec()).collect(Collectors.joining(", "));
    }
}
