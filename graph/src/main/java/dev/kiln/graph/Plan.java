package dev.kiln.graph;

import com.google.common.collect.ImmutableMap;
import com.google.common.math.LongMath;
import com.google.common.primitives.Ints;
import dev.kiln.graph.Schedule.Place;
import dev.kiln.graph.Schedule.Slot;
import dev.kiln.graph.Schedule.Step;
import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Trace;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A schedule with its kernels and the places of its temporaries, ready to be bound to buffers. */
final class Plan {

    private final Schedule schedule;
    /** The scalars that planning has looked at: the plan is right only for these. */
    private final Map<Primitive.Input, Double> guards;
    /** What decompositions brought in: inputs behind the leaves. */
    private final List<Storage> constants;
    private final @Nullable Call[] calls;
    private final Slot[] slots;
    private final Place[] outputs;
    private final int[] outputStreams;
    /** By stream, the numbers of its steps, and of the results that it completes: there may be thousands of streams. */
    private final int[][] stepsOf;
    private final int[][] outputsOf;
    /** By event, the stream that signals it. */
    private final int[] signallers;
    private final long[] temporaries;
    private final long bytes;
    private final long resultBytes;
    private final long reservation;
    private final boolean[] outputSlots;
    private final boolean later;
    private final ImmutableMap<Integer, Slot.Inherited> heirs;

    private Plan(Schedule schedule, Map<Primitive.Input, Double> guards, List<Storage> constants, Capture capture) {
        this.schedule = schedule;
        this.guards = guards;
        this.constants = constants;
        calls = new Call[schedule.steps().size()];
        for (int i = 0; i < calls.length; i++) {
            if (schedule.steps().get(i) instanceof Step.Launch launch) {
                Device device = capture.streams.get(launch.stream()).device();
                calls[i] = new Call(launch, Kernels.of(device, launch.work()), Backends.of(device).isAsynchronous());
            }
        }
        slots = schedule.slots().toArray(Slot[]::new);
        outputs = schedule.outputs().toArray(Place[]::new);
        outputStreams = Ints.toArray(schedule.outputStreams());
        stepsOf = byStream(schedule.steps().stream().mapToInt(Step::stream).toArray(), capture.streams.size());
        outputsOf = byStream(outputStreams, capture.streams.size());
        signallers = new int[schedule.events()];
        for (Step step : schedule.steps()) {
            if (step instanceof Step.Signal(int stream, int event)) {
                signallers[event] = stream;
            }
        }
        Placement placement = new Placement(schedule.slots(), schedule.steps(),
                (long) Long.BYTES * (capture.leaves.size() + constants.size()));
        temporaries = new long[schedule.slots().size()];
        for (int slot = 0; slot < temporaries.length; slot++) {
            temporaries[slot] = schedule.slots().get(slot) instanceof Slot.Temporary ? placement.offset(slot) : -1;
        }
        bytes = placement.bytes();
        resultBytes = schedule.slots().stream()
                .mapToLong(slot -> slot instanceof Slot.Result(long size) ? size : 0).sum();
        reservation = schedule.slots().stream()
                .mapToLong(slot -> slot instanceof Slot.Result(long size) ? Buffer.reservation(size) : 0)
                .reduce(Buffer.reservation(bytes), LongMath::saturatedAdd);
        later = Arrays.stream(calls).anyMatch(call -> call != null && call.later);
        ImmutableMap.Builder<Integer, Slot.Inherited> bySlot = ImmutableMap.builder();
        for (int slot = 0; slot < temporaries.length; slot++) {
            if (schedule.slots().get(slot) instanceof Slot.Inherited inherited) {
                bySlot.put(slot, inherited);
            }
        }
        heirs = bySlot.build();
        outputSlots = new boolean[temporaries.length];
        schedule.outputs().forEach(place -> outputSlots[place.slot()] = true);
    }

    /** For each stream, where in {@code numbers} its own stands. */
    private static int[][] byStream(int[] numbers, int streams) {
        int[] counts = new int[streams];
        for (int number : numbers) {
            counts[number]++;
        }
        int[][] places = new int[streams][];
        for (int i = 0; i < streams; i++) {
            places[i] = new int[counts[i]];
        }
        for (int i = numbers.length - 1; i >= 0; i--) {
            places[numbers[i]][--counts[numbers[i]]] = i;
        }
        return places;
    }

    /** A launch with what it needs at run time. */
    static final class Call implements Supplier<Trace.Label> {
        final Step.Launch launch;
        /** Whether the device does it later. */
        final boolean later;
        private final Kernel kernel;
        private final int[] slots;
        private final long[] offsets;
        /** Made when a timeline first asks. */
        private Trace.@Nullable Label label;

        Call(Step.Launch launch, Kernel kernel, boolean later) {
            this.launch = launch;
            this.kernel = kernel;
            this.later = later;
            int reads = launch.reads().size();
            slots = new int[reads + launch.writes().size()];
            offsets = new long[slots.length];
            for (int i = 0; i < slots.length; i++) {
                Place place = i < reads ? launch.reads().get(i) : launch.writes().get(i - reads);
                slots[i] = place.slot();
                offsets[i] = place.byteOffset();
            }
        }

        void run(Stream stream, long[] addresses) {
            kernel.launch(stream, bound(addresses));
        }

        void run(Stream stream, long[] addresses, Consumer<Throwable> failed) {
            kernel.launch(stream, bound(addresses), failed);
        }

        private long[] bound(long[] addresses) {
            long[] bound = new long[slots.length];
            for (int i = 0; i < bound.length; i++) {
                bound[i] = addresses[slots[i]] + offsets[i];
            }
            return bound;
        }

        @Override
        public Trace.Label get() {
            Trace.Label known = label;
            if (known == null) {
                known = new Trace.Label(launch.isCopy() ? Trace.Kind.COPY : Trace.Kind.KERNEL,
                        String.join("+", launch.members()), launch.arrays(), launch.bytes());
                label = known;
            }
            return known;
        }
    }

    /** Plans the capture's graph for the scalars that it has now, as far as they matter. */
    static Plan specialised(Capture capture) {
        Grafts grafts = new Grafts(capture.leaves.size());
        Map<Primitive.Input, Double> guards = new HashMap<>();
        return fused(capture, grafts, node -> look(node, capture, grafts, guards), guards);
    }

    /** Plans the capture's graph for whatever scalars there are. */
    static Plan general(Capture capture) {
        return fused(capture, new Grafts(capture.leaves.size()), _ -> OptionalDouble.empty(), Map.of());
    }

    private static Plan fused(Capture capture, Grafts grafts, Facts facts, Map<Primitive.Input, Double> guards) {
        return Births.whilePlanning(() -> {
            Graph simplified = Simplify.apply(Inline.apply(capture.graph(), grafts));
            assert Verifier.check("simplify", simplified, grafts.inputs(), capture.streams);
            Graph recognised = Recognise.apply(simplified, facts);
            assert Verifier.check("recognise", recognised, grafts.inputs(), capture.streams);
            return lowered(recognised.equals(simplified) ? simplified : Simplify.apply(recognised), grafts, capture,
                    Fuse::apply, guards);
        });
    }

    /** Plans the capture's graph so that each primitive is a kernel by itself. */
    static Plan unfused(Capture capture) {
        Grafts grafts = new Grafts(capture.leaves.size());
        return Births.whilePlanning(
                () -> lowered(Inline.apply(capture.graph(), grafts), grafts, capture, Fuse::singly, Map.of()));
    }

    private static Plan lowered(Graph graph, Grafts grafts, Capture capture, Function<Graph, Fuse.Fused> grouping,
            Map<Primitive.Input, Double> guards) {
        Graph parts = Lower.apply(graph, grafts);
        Graph lowered = parts.equals(graph) ? graph : Simplify.apply(parts);
        List<Storage> constants = grafts.values();
        assert Verifier.check("lower", lowered, grafts.inputs(), capture.streams);
        return new Plan(Scheduler.schedule(grouping.apply(lowered), lowered.outputs(), capture.streams), guards,
                constants, capture);
    }

    /** The value of the input of this number: a leaf of the capture, or a constant of the plan. */
    Storage input(int number, Capture capture) {
        int leaves = capture.leaves.size();
        return number < leaves ? capture.leaves.get(number) : constants.get(number - leaves);
    }

    Schedule schedule() {
        return schedule;
    }

    /** The launch at a step; null where the step is none. */
    @Nullable
    Call call(int step) {
        return calls[step];
    }

    /** Whether a device does some of the launches later. */
    boolean isLater() {
        return later;
    }

    /** How many slots there are. */
    int slots() {
        return slots.length;
    }

    Slot slot(int number) {
        return slots[number];
    }

    /** How many results there are. */
    int outputs() {
        return outputs.length;
    }

    /** Where a result is. */
    Place output(int number) {
        return outputs[number];
    }

    /** The stream that completes a result. */
    int outputStream(int number) {
        return outputStreams[number];
    }

    /** The steps of a stream, ascending. */
    int[] stepsOf(int stream) {
        return stepsOf[stream];
    }

    /** The results that a stream completes. */
    int[] outputsOf(int stream) {
        return outputsOf[stream];
    }

    /** How many events the streams tell each other. */
    int events() {
        return signallers.length;
    }

    /** The stream that signals an event. */
    int signaller(int event) {
        return signallers[event];
    }

    /** How many steps there are. */
    int steps() {
        return calls.length;
    }

    /** Bytes of the memory that holds scalars and temporaries during a run. */
    long bytes() {
        return bytes;
    }

    /** Bytes of the values that a run makes. */
    long resultBytes() {
        return resultBytes;
    }

    /** What {@link Memory#reserve} must be asked for, for all that a run is sure to take. */
    long reservation() {
        return reservation;
    }

    /** Where in that memory a slot begins; -1 if the slot is not there. */
    long offset(int slot) {
        return temporaries[slot];
    }

    /** The slots that may take over a donated one. */
    ImmutableMap<Integer, Slot.Inherited> heirs() {
        return heirs;
    }

    boolean isOutput(int slot) {
        return outputSlots[slot];
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

    private static OptionalDouble look(Node node, Capture capture, Grafts grafts,
            Map<Primitive.Input, Double> guards) {
        if (!(Graph.primitive(Views.base(node)) instanceof Primitive.Input input)
                || input.spec().dtype() == DType.COMPLEX64) {
            return OptionalDouble.empty();
        }
        if (input.index() >= capture.leaves.size()) { // of the plan itself, so always the same
            return scalar(grafts.value(input.index()), input);
        }
        OptionalDouble value = scalar(capture, input);
        value.ifPresent(number -> guards.put(input, number));
        return value;
    }

    private static OptionalDouble scalar(Capture capture, Primitive.Input input) {
        return scalar(capture.leaves.get(input.index()), input);
    }

    private static OptionalDouble scalar(Storage value, Primitive.Input input) {
        return value instanceof Storage.Scalar scalar
                ? OptionalDouble.of(scalar.value(input.spec().dtype()))
                : OptionalDouble.empty();
    }
}
