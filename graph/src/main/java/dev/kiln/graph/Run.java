package dev.kiln.graph;

import dev.kiln.graph.Schedule.Place;
import dev.kiln.graph.Schedule.Slot;
import dev.kiln.graph.Schedule.Step;
import dev.kiln.streams.Activity;
import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a plan: its slots bound to memory.
 *
 * <p>
 * All memory is taken before anything runs, so that others can already build on where results will be. A launch that fails
 * poisons the slots it should have written; whatever reads those is skipped and poisoned with the same failure, and
 * everything else goes on.
 */
final class Run {

    private final Plan plan;
    private final Schedule schedule;
    private final Capture capture;
    private final Block workspace;
    private final long[] addresses;
    private final @Nullable Buffer[] buffers;
    private final Event[] done;
    private final Event[] events;
    private final Node.Running[] running;
    private final AtomicInteger streamsLeft;
    /** By slot; made when something fails. */
    private volatile @Nullable AtomicReferenceArray<@Nullable Throwable> poison;

    Run(Plan plan, Capture capture) {
        this.plan = plan;
        this.schedule = plan.schedule();
        this.capture = capture;
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
        workspace = Memory.take(plan.bytes());
        try {
            for (int slot = 0; slot < slots; slot++) {
                bind(slot);
            }
            for (int i = 0; i < running.length; i++) {
                running[i] = new Node.Running(done[schedule.outputStreams().get(i)], storage(i));
            }
        } catch (Throwable refused) {
            workspace.release();
            throw refused;
        }
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

    private void bind(int slot) {
        switch (schedule.slots().get(slot)) {
            case Slot.Given(int input, DType dtype) -> {
                switch (plan.input(input, capture)) {
                    case Storage.Held(Buffer buffer, Layout layout) -> {
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
    }

    private long allocate(int slot, long bytes) {
        Buffer buffer = Buffer.allocate(bytes);
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

    /** Appends what the stream of this number does to that stream. */
    void submit(int number) {
        Stream stream = capture.streams.get(number);
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

    private void submit(List<Integer> steps, Stream stream) {
        if (!steps.isEmpty()) {
            stream.submit(() -> steps.forEach(step -> step(step, stream)));
        }
    }

    private void step(int index, Stream stream) {
        Plan.Call call = plan.call(index);
        if (call != null) {
            launch(call, stream);
        } else if (schedule.steps().get(index) instanceof Step.Signal signal) {
            Backends.of(stream.device()).whenDone(stream, events[signal.event()]::complete);
        }
    }

    private void launch(Plan.Call call, Stream stream) {
        Throwable failure = poisonOf(call.launch.reads());
        if (failure == null) {
            try (Activity kernel = Activity.kernel(stream, call)) {
                call.run(stream, addresses);
                return;
            } catch (Throwable thrown) { // whatever it is, it belongs to the arrays that depend on this launch
                failure = Failures.of(call.launch, stream, thrown);
            }
        }
        for (Place place : call.launch.writes()) {
            poisoned().set(place.slot(), failure);
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
                if (leaf != null && leaf.state() instanceof Node.Failed failed) {
                    return failed.failure();
                }
            }
        }
        return null;
    }

    /** Tells those who wait for what the stream of this number has made. */
    private void end(int number) {
        Stream stream = capture.streams.get(number);
        Backends.of(stream.device()).whenDone(stream, () -> {
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
        capture.wanted.get(output).move(running[output], failure == null
                ? new Node.Ready(Objects.requireNonNull(running[output].storage()))
                : new Node.Failed(failure));
    }

    private void close() {
        workspace.release();
        for (Buffer buffer : buffers) {
            if (buffer != null) {
                buffer.keepAlive();
            }
        }
    }
}
