package dev.kiln.graph;

import dev.kiln.graph.Schedule.Place;
import dev.kiln.graph.Schedule.Slot;
import dev.kiln.graph.Schedule.Step;
import dev.kiln.streams.Activity;
import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a plan: its slots bound to memory.
 *
 * <p>
 * All memory is taken before anything runs, so that others can already build on where results will be. A launch that fails
 * poisons the slots it should have written; whatever depends on those is poisoned with the same failure, and everything else
 * goes on.
 */
final class Run {

    private final Plan plan;
    private final Schedule schedule;
    private final Capture capture;
    private final Backlog.Place place;
    private final Block workspace;
    private final long[] addresses;
    private final @Nullable Buffer[] buffers;
    private final Event[] done;
    private final Event[] events;
    private final Node.Running[] running;
    private final AtomicInteger streamsLeft;
    /** By slot; made when something fails. */
    private volatile @Nullable AtomicReferenceArray<@Nullable Throwable> poison;
    private final Later later;

    private Run(Plan plan, Capture capture, Backlog.Place place) {
        this.plan = plan;
        this.schedule = plan.schedule();
        this.capture = capture;
        this.place = place;
        int slots = schedule.slots().size();
        addresses = new long[slots];
        buffers = new Buffer[slots];
        running = new Node.Running[capture.wanted.size()];
        events = signals();
        done = new Event[capture.streams.size()];
        for (int i = 0; i < done.length; i++) {
            done[i] = new Event(capture.streams.get(i));
        }
        streamsLeft = new AtomicInteger(done.length);
        later = plan.isLater() ? new Later(schedule.steps(), done.length) : Later.NEVER;
        workspace = Memory.take(plan.bytes(), capture);
    }

    /**
     * Takes the memory for a run, which gives up its {@code place} when it ends.
     *
     * @return empty if the value of an input has been given up meanwhile; nothing is taken then
     */
    static Optional<Run> of(Plan plan, Capture capture, Backlog.Place place) {
        Run run = new Run(plan, capture, place);
        boolean bound = false;
        try {
            bound = run.bind();
        } finally {
            if (!bound) {
                run.giveBack();
            }
        }
        if (bound) {
            Backlog.begin();
        }
        return bound ? Optional.of(run) : Optional.empty();
    }

    private boolean bind() {
        for (int slot = 0; slot < addresses.length; slot++) {
            if (!bind(slot)) {
                return false;
            }
        }
        for (int i = 0; i < running.length; i++) {
            int stream = schedule.outputStreams().get(i);
            running[i] = new Node.Running(done[stream], capture.streams.get(stream), storage(i));
        }
        return true;
    }

    private Event[] signals() {
        Event[] signals = new Event[schedule.events()];
        for (int i = 0; signals.length > 0 && i < schedule.steps().size(); i++) {
            if (schedule.steps().get(i) instanceof Step.Signal(int by, int event)) {
                signals[event] = new Event(capture.streams.get(by));
            }
        }
        return signals;
    }

    private boolean bind(int slot) {
        switch (schedule.slots().get(slot)) {
            case Slot.Given(int input, DType dtype) -> {
                switch (plan.input(input, capture)) {
                    case Storage.Held(Buffer buffer, Layout layout) -> {
                        if (!buffer.hold()) {
                            return false;
                        }
                        buffers[slot] = buffer;
                        addresses[slot] = buffer.address() + layout.offset() * dtype.size();
                    }
                    case Storage.Scalar(long bits) -> {
                        addresses[slot] = plan.isOutput(slot)
                                ? allocate(slot, Long.BYTES)
                                : workspace.address + (long) Long.BYTES * input;
                        OffHeap.ALL.set(ValueLayout.JAVA_LONG, addresses[slot], bits);
                    }
                }
            }
            case Slot.Result(long bytes) -> addresses[slot] = allocate(slot, bytes);
            case Slot.Temporary temporary -> addresses[slot] = workspace.address + plan.offset(slot);
        }
        return true;
    }

    private long allocate(int slot, long bytes) {
        Buffer buffer = Buffer.allocate(bytes, capture);
        buffer.hold();
        buffers[slot] = buffer;
        return buffer.address();
    }

    /** What the wanted nodes are while this runs. */
    Node.Running[] running() {
        return running;
    }

    private Storage storage(int output) {
        Place place = schedule.outputs().get(output);
        Buffer buffer = Objects.requireNonNull(buffers[place.slot()]);
        long start = (addresses[place.slot()] - buffer.address()) / place.spec().dtype().size();
        return new Storage.Held(buffer, start == 0
                ? place.layout()
                : new Layout(start + place.layout().offset(), place.layout().strides()));
    }

    /** Does all of a schedule that has one stream, on the calling thread. */
    void here() {
        Stream stream = capture.streams.getFirst();
        int steps = schedule.steps().size();
        for (int i = 0; i < steps; i++) {
            step(i, stream);
        }
        end(0);
    }

    /** Appends what the stream of this number does to that stream, behind what other evaluations still do for it. */
    void submit(int number) {
        Stream stream = capture.streams.get(number);
        awaited(number).forEach(stream::submitWait);
        List<Integer> batch = new ArrayList<>();
        for (int i = 0; i < schedule.steps().size(); i++) {
            Step step = schedule.steps().get(i);
            if (step.stream() == number) {
                if (step instanceof Step.Wait wait) {
                    submit(List.copyOf(batch), stream);
                    batch.clear();
                    stream.submitWait(events[wait.event()]);
                } else {
                    batch.add(i);
                }
            }
        }
        submit(List.copyOf(batch), stream);
        stream.submit(() -> end(number));
    }

    /** The events of other evaluations' streams at which all that this stream reads, or hands out, is there. */
    private Set<Event> awaited(int number) {
        Set<Event> awaited = new LinkedHashSet<>();
        if (capture.isPending()) {
            for (Step.Launch launch : schedule.launches()) {
                if (launch.stream() == number) {
                    launch.reads().forEach(place -> addAwaited(place, number, awaited));
                }
            }
            for (int i = 0; i < running.length; i++) {
                if (schedule.outputStreams().get(i) == number) {
                    addAwaited(schedule.outputs().get(i), number, awaited);
                }
            }
        }
        return awaited;
    }

    /** Streams are what they are; what this one was given before, it does before. */
    @SuppressWarnings("ReferenceEquality")
    private void addAwaited(Place read, int number, Set<Event> awaited) {
        if (schedule.slots().get(read.slot()) instanceof Slot.Given given) {
            Node leaf = capture.pending(given.input());
            if (leaf != null && leaf.state() instanceof Node.Running(Event event, Stream by, Storage storage)
                    && by != capture.streams.get(number)) {
                awaited.add(event);
            }
        }
    }

    private void submit(List<Integer> steps, Stream stream) {
        if (!steps.isEmpty()) {
            stream.submit(() -> steps.forEach(step -> step(step, stream)));
        }
    }

    private void step(int index, Stream stream) {
        Plan.Call call = plan.call(index);
        if (call != null) {
            if (call.later) {
                hand(index, call, stream);
            } else {
                launch(call, stream);
            }
        } else if (schedule.steps().get(index) instanceof Step.Signal signal) {
            Backends.of(stream.device()).whenDone(stream, () -> {
                settle(signal.stream(), index);
                events[signal.event()].complete();
            });
        }
    }

    /** Hands a kernel to a device that does it later. */
    private void hand(int index, Plan.Call call, Stream stream) {
        try (Activity kernel = Activity.kernel(stream, call)) {
            if (stream.isClosed()) {
                throw Failures.closed(stream);
            }
            call.run(stream, addresses, thrown -> later.fail(index, Failures.of(call.launch, stream, capture, thrown)));
        } catch (Throwable thrown) { // as in run
            later.fail(index, Failures.of(call.launch, stream, capture, thrown));
        }
    }

    /** Now that it is known how the launches of a stream went up to a step: tells what they wrote. */
    private void settle(int number, int end) {
        later.settle(number, end, (step, launch) -> poison(launch, reached(launch), later.failure(step)));
    }

    private void launch(Plan.Call call, Stream stream) {
        Step.Launch launch = call.launch;
        if (poisonOf(launch.reads()) == null) {
            Throwable failure = run(call, stream);
            for (int i = 0; failure != null && i < launch.writes().size(); i++) {
                poisoned().set(launch.writes().get(i).slot(), failure);
            }
            return;
        }
        // What does not depend on the value that is not there is computed. It may stand in one kernel with what does, only
        // because they were fused, and is none the worse for what that makes of bytes that mean nothing.
        List<@Nullable Throwable> reached = reached(launch);
        poison(launch, reached, reached.contains(null) ? run(call, stream) : null);
    }

    /** For each write of a launch the failure that reaches it through what it depends on. */
    private List<@Nullable Throwable> reached(Step.Launch launch) {
        List<@Nullable Throwable> failures = new ArrayList<>();
        for (int i = 0; i < launch.writes().size(); i++) {
            failures.add(poisonOf(launch.readsOf(i)));
        }
        return failures;
    }

    /** Says of each write what has failed, if something has: what reached it, else the launch's own failure. */
    private void poison(Step.Launch launch, List<@Nullable Throwable> reached, @Nullable Throwable own) {
        for (int i = 0; i < reached.size(); i++) {
            Throwable failure = reached.get(i) == null ? own : reached.get(i);
            if (failure != null || poison != null) { // null ends what the slot held before
                poisoned().set(launch.writes().get(i).slot(), failure);
            }
        }
    }

    /** Runs a kernel; not null if it failed. */
    private @Nullable Throwable run(Plan.Call call, Stream stream) {
        try (Activity kernel = Activity.kernel(stream, call)) {
            if (stream.isClosed()) {
                throw Failures.closed(stream);
            }
            call.run(stream, addresses);
            return null;
        } catch (Throwable thrown) { // whatever it is, it belongs to the arrays that depend on this launch
            return Failures.of(call.launch, stream, capture, thrown);
        }
    }

    private synchronized AtomicReferenceArray<@Nullable Throwable> poisoned() {
        AtomicReferenceArray<@Nullable Throwable> bySlot = poison;
        if (bySlot == null) {
            bySlot = new AtomicReferenceArray<>(addresses.length);
            poison = bySlot;
        }
        return bySlot;
    }

    private @Nullable Throwable poisonOf(List<Place> reads) {
        AtomicReferenceArray<@Nullable Throwable> bySlot = poison;
        if (bySlot == null && !capture.isPending()) {
            return null;
        }
        for (Place place : reads) {
            Throwable failure = bySlot == null ? null : bySlot.get(place.slot());
            if (failure != null) {
                return failure;
            }
            if (schedule.slots().get(place.slot()) instanceof Slot.Given given) {
                Node leaf = capture.pending(given.input());
                switch (leaf == null ? null : leaf.state()) {
                    case Node.Failed(Throwable reached) -> {
                        return reached;
                    }
                    case Node.Released released -> { // whether there was a value is not known any more
                        return Objects.requireNonNull(leaf).released();
                    }
                    case null, default -> {
                    }
                }
            }
        }
        return null;
    }

    /** Tells those who wait for what the stream of this number has made. */
    private void end(int number) {
        Stream stream = capture.streams.get(number);
        Backends.of(stream.device()).whenDone(stream, () -> {
            settle(number, schedule.steps().size());
            for (int i = 0; i < running.length; i++) {
                if (schedule.outputStreams().get(i) == number) {
                    finish(i);
                }
            }
            if (streamsLeft.decrementAndGet() == 0) {
                close();
            }
            done[number].complete();
        });
    }

    private void finish(int output) {
        Throwable failure = poisonOf(List.of(schedule.outputs().get(output)));
        Node node = capture.wanted.get(output);
        if (failure != null) {
            node.move(running[output], new Node.Failed(failure));
            return;
        }
        Storage value = running[output].storage();
        value.hold();
        if (!node.move(running[output], new Node.Ready(value))) {
            value.drop(); // released while it was computed
        } else if (output < capture.asked) {
            Residents.addResult(node, value, capture.unfinished(output));
        } else {
            Residents.addIntermediate(node, value, capture.unfinished(output));
        }
    }

    /** Ends the run, whether or not it has done anything. */
    void close() {
        giveBack();
        Backlog.end();
        place.leave();
    }

    private void giveBack() {
        workspace.release();
        for (Buffer buffer : buffers) {
            if (buffer != null) {
                buffer.drop();
            }
        }
    }
}
