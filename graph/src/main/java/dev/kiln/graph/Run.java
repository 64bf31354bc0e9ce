package dev.kiln.graph;

import dev.kiln.graph.Schedule.Place;
import dev.kiln.graph.Schedule.Slot;
import dev.kiln.graph.Schedule.Step;
import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a plan: its slots bound to memory.
 *
 * <p>
 * Memory for results is taken before anything runs, so that others can already build on where they will be. A launch that
 * fails poisons the slots it should have written; whatever reads those is skipped and poisoned with the same failure, and
 * everything else goes on.
 */
final class Run {

    private final Plan plan;
    private final Schedule schedule;
    private final Capture capture;
    private final long[] addresses;
    private final @Nullable Buffer[] buffers;
    private final @Nullable Block[] temporaries;
    private final @Nullable Throwable[] poison;
    private final AtomicIntegerArray releases;
    private final Event[] events;
    private final List<Event> done = new ArrayList<>();
    private final List<Node.Running> claims = new ArrayList<>();
    private final AtomicInteger streamsLeft;
    private @Nullable Block scalars;

    Run(Plan plan, Capture capture) {
        this.plan = plan;
        this.schedule = plan.schedule();
        this.capture = capture;
        int slots = schedule.slots().size();
        addresses = new long[slots];
        buffers = new Buffer[slots];
        temporaries = new Block[slots];
        poison = new Throwable[slots];
        releases = new AtomicIntegerArray(slots);
        events = new Event[schedule.events()];
        streamsLeft = new AtomicInteger(capture.streams.size());
        for (int i = 0; i < events.length; i++) {
            events[i] = new Event();
        }
        for (int i = 0; i < slots; i++) {
            releases.setPlain(i, plan.releases().get(i));
            switch (schedule.slots().get(i)) {
                case Slot.Given given -> give(i, given, capture.leaves.get(given.input()));
                case Slot.Result(long bytes) -> {
                    Buffer buffer = Buffer.allocate(bytes);
                    buffers[i] = buffer;
                    addresses[i] = buffer.address();
                }
                case Slot.Temporary temporary -> {
                }
            }
        }
        for (int i = 0; i < capture.streams.size(); i++) {
            done.add(new Event());
        }
    }

    private void give(int slot, Slot.Given given, Storage storage) {
        switch (storage) {
            case Storage.Held(Buffer buffer, Layout layout) -> {
                buffers[slot] = buffer;
                addresses[slot] = buffer.address() + layout.offset() * given.dtype().size();
            }
            case Storage.Scalar(long bits) -> {
                if (isOutput(slot)) {
                    Buffer buffer = Buffer.allocate(Long.BYTES);
                    buffers[slot] = buffer;
                    addresses[slot] = buffer.address();
                } else {
                    addresses[slot] = scalarMemory().address + (long) Long.BYTES * given.input();
                }
                OffHeap.ALL.set(ValueLayout.JAVA_LONG, addresses[slot], bits);
            }
        }
    }

    private boolean isOutput(int slot) {
        return schedule.outputs().stream().anyMatch(place -> place.slot() == slot);
    }

    private Block scalarMemory() {
        Block memory = scalars;
        if (memory == null) {
            memory = Memory.take((long) Long.BYTES * capture.leaves.size());
            scalars = memory;
        }
        return memory;
    }

    /** Marks what was asked for as under way. Where another evaluation was first, its value is the one that counts. */
    void claim() {
        for (int i = 0; i < capture.wanted.size(); i++) {
            Node node = capture.wanted.get(i);
            Node.Running running = new Node.Running(done.get(schedule.outputStreams().get(i)), storage(i));
            claims.add(running);
            if (node.state() instanceof Node.Lazy lazy) {
                node.claim(lazy, running);
            }
        }
    }

    private Storage storage(int output) {
        Place place = schedule.outputs().get(output);
        Buffer buffer = Objects.requireNonNull(buffers[place.slot()]);
        long start = (addresses[place.slot()] - buffer.address()) / place.spec().dtype().size();
        return new Storage.Held(buffer, new Layout(start + place.layout().offset(), place.layout().strides()));
    }

    /** Appends what the stream of this number does to {@code stream}. */
    void submit(int number, Stream stream) {
        List<Integer> batch = new ArrayList<>();
        for (int i = 0; i < schedule.steps().size(); i++) {
            Step step = schedule.steps().get(i);
            if (step.stream() != number) {
                continue;
            }
            if (step instanceof Step.Wait wait) {
                submit(List.copyOf(batch), stream);
                batch.clear();
                stream.submitWait(events[wait.event()]);
            } else {
                batch.add(i);
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

    /** Does all of a schedule that has one stream only. */
    void here() {
        Stream stream = capture.streams.getFirst();
        for (int i = 0; i < schedule.steps().size(); i++) {
            step(i, stream);
        }
        end(0);
    }

    private void step(int index, Stream stream) {
        switch (schedule.steps().get(index)) {
            case Step.Launch launch -> launch(launch, plan.kernels().get(index).orElseThrow(), stream);
            case Step.Signal signal -> Backends.of(stream.device()).whenDone(stream, events[signal.event()]::complete);
            case Step.Release release -> release(release.slot());
            case Step.Wait wait -> throw new IllegalStateException("A stream waits for itself: " + wait);
        }
    }

    private void launch(Step.Launch launch, Kernel kernel, Stream stream) {
        Throwable failure = poisonOf(launch.reads());
        if (failure == null) {
            try {
                kernel.launch(stream, bind(launch));
                return;
            } catch (Throwable thrown) { // whatever it is, it belongs to the arrays that depend on this launch
                failure = Failures.of(launch, stream, thrown);
            }
        }
        for (Place place : launch.writes()) {
            poison[place.slot()] = failure;
        }
    }

    private @Nullable Throwable poisonOf(List<Place> reads) {
        for (Place place : reads) {
            Throwable failure = poison[place.slot()];
            if (failure != null) {
                return failure;
            }
            if (!capture.pending.isEmpty() && schedule.slots().get(place.slot()) instanceof Slot.Given given
                    && capture.pending.containsKey(given.input())
                    && Objects.requireNonNull(capture.pending.get(given.input()))
                            .state() instanceof Node.Failed failed) {
                return failed.failure();
            }
        }
        return null;
    }

    private long[] bind(Step.Launch launch) {
        long[] bound = new long[launch.reads().size() + launch.writes().size()];
        int at = 0;
        for (Place place : launch.reads()) {
            bound[at++] = addresses[place.slot()] + place.byteOffset();
        }
        for (Place place : launch.writes()) {
            int slot = place.slot();
            if (schedule.slots().get(slot) instanceof Slot.Temporary(long bytes) && temporaries[slot] == null) {
                Block block = Memory.take(bytes);
                temporaries[slot] = block;
                addresses[slot] = block.address;
            }
            bound[at++] = addresses[slot] + place.byteOffset();
        }
        return bound;
    }

    private void release(int slot) {
        if (releases.decrementAndGet(slot) == 0) {
            Block block = temporaries[slot];
            if (block != null) {
                block.release();
            }
        }
    }

    /** Tells those who wait for what the stream of this number has made. */
    private void end(int number) {
        Stream stream = capture.streams.get(number);
        Backends.of(stream.device()).whenDone(stream, () -> {
            for (int i = 0; i < capture.wanted.size(); i++) {
                if (schedule.outputStreams().get(i) == number) {
                    finish(i);
                }
            }
            done.get(number).complete();
            if (streamsLeft.decrementAndGet() == 0) {
                close();
            }
        });
    }

    private void finish(int output) {
        Node.Running claim = claims.get(output);
        Throwable failure = poisonOf(List.of(schedule.outputs().get(output)));
        capture.wanted.get(output).finish(claim,
                failure == null ? new Node.Ready(claim.storage()) : new Node.Failed(failure));
    }

    private void close() {
        if (scalars != null) {
            scalars.release();
        }
        for (Buffer buffer : buffers) {
            if (buffer != null) {
                buffer.keepAlive();
            }
        }
    }
}
