package dev.kiln.graph;

import dev.kiln.graph.Schedule.Place;
import dev.kiln.graph.Schedule.Slot;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The slots of a plan bound to memory for one run, which holds all of it. */
final class Binding {

    private final Plan plan;
    private final Capture capture;
    private final long[] addresses;
    private final @Nullable Buffer[] buffers;
    private @Nullable Buffer workspace;
    private long workspaceAddress;
    /** Bytes that are reserved and not yet taken. */
    private long reserved;
    private boolean holdsResults = true;

    private Binding(Plan plan, Capture capture) {
        this.plan = plan;
        this.capture = capture;
        addresses = new long[plan.slots()];
        buffers = new Buffer[addresses.length];
    }

    /**
     * Takes the memory; empty, and nothing is taken, if the value of an input has been given up meanwhile. All is reserved before
     * any is taken: two that each held a part of theirs would wait for each other.
     */
    static Optional<Binding> of(Plan plan, Capture capture) {
        Binding binding = new Binding(plan, capture);
        binding.reserve(plan.reservation(), plan.bytes() + plan.resultBytes());
        boolean bound = false;
        try {
            bound = binding.bind();
        } finally {
            if (!bound) {
                Memory.unreserve(binding.reserved);
                binding.keepDonated();
                binding.giveBack();
            }
        }
        return bound ? Optional.of(binding) : Optional.empty();
    }

    private void reserve(long size, long bytes) {
        Memory.reserve(size, bytes, capture, plan.reservation());
        reserved += size;
    }

    private boolean bind() {
        Buffer scratch = take(plan.bytes());
        workspace = scratch;
        workspaceAddress = scratch.address();
        for (int slot = 0; slot < addresses.length; slot++) {
            if (!bind(slot)) {
                return false;
            }
        }
        if (!plan.heirs().isEmpty()) {
            plan.heirs().forEach(this::inherit);
        }
        return true;
    }

    private boolean bind(int slot) {
        switch (plan.slot(slot)) {
            case Slot.Given(int input, DType dtype) -> {
                switch (plan.input(input, capture)) {
                    case Storage.Held(Buffer buffer, Layout layout) -> {
                        if (!buffer.hold()) {
                            capture.requireNotTaken(input, buffer);
                            return false;
                        }
                        buffers[slot] = buffer;
                        addresses[slot] = buffer.address() + layout.offset() * dtype.size();
                    }
                    case Storage.Scalar(long bits) -> {
                        addresses[slot] = plan.isOutput(slot)
                                ? allocate(slot, Long.BYTES)
                                : workspaceAddress + (long) Long.BYTES * input;
                        OffHeap.ALL.set(ValueLayout.JAVA_LONG, addresses[slot], bits);
                    }
                }
            }
            case Slot.Result(long bytes) -> addresses[slot] = keep(slot, take(bytes));
            case Slot.Temporary temporary -> addresses[slot] = workspaceAddress + plan.offset(slot);
            case Slot.Inherited last -> addresses[slot] = 0; // known when all else is there
        }
        return true;
    }

    /** Takes over the memory of a donated input, or takes other memory if somebody else holds that: the kernel sees which. */
    private void inherit(int slot, Slot.Inherited inherited) {
        Buffer donated = buffers[inherited.from()];
        Buffer passed = donated == null ? null : donated.pass();
        if (passed == null) {
            addresses[slot] = allocate(slot, inherited.bytes());
        } else {
            passed.hold();
            buffers[slot] = passed;
            addresses[slot] = addresses[inherited.from()];
        }
    }

    /** Takes what the plan did not reserve, since most runs do not need it. */
    private long allocate(int slot, long bytes) {
        reserve(Buffer.reservation(bytes), bytes);
        return keep(slot, take(bytes));
    }

    private Buffer take(long bytes) {
        reserved -= Buffer.reservation(bytes);
        Buffer buffer = Buffer.reserved(bytes, capture);
        buffer.hold();
        return buffer;
    }

    private long keep(int slot, Buffer buffer) {
        buffers[slot] = buffer;
        return buffer.address();
    }

    /** By slot, where it begins. */
    long[] addresses() {
        return addresses;
    }

    /** The value of an output, held for its node. */
    Storage hold(int output) {
        Place place = plan.output(output);
        Buffer buffer = Objects.requireNonNull(buffers[place.slot()]);
        long start = (addresses[place.slot()] - buffer.address()) / place.spec().dtype().size();
        Storage value = new Storage.Held(buffer, start == 0
                ? place.layout()
                : new Layout(start + place.layout().offset(), place.layout().strides()));
        value.hold();
        return value;
    }

    /** From now on results are held by their nodes alone, and whoever gets hold of one that is donated may take it over. */
    void handOver() {
        dropResults();
        holdsResults = false;
    }

    /** Gives up the inputs that were taken over and were there at once: no one else may build on them any more. */
    void giveUpReady() {
        forTaken(input -> {
            if (capture.pending(input) == null) {
                capture.releaseDonated(input);
            }
        });
    }

    /** Gives up all inputs that were taken over; only at the end, so that one that was pending and fails says so. */
    void giveUpTaken() {
        forTaken(capture::releaseDonated);
    }

    private void forTaken(IntConsumer action) {
        if (!plan.heirs().isEmpty()) {
            plan.heirs().forEach((slot, inherited) -> {
                if (addresses[slot] == addresses[inherited.from()]) {
                    action.accept(((Slot.Given) plan.slot(inherited.from())).input());
                }
            });
        }
    }

    /** Gives everything back, the nodes' holds too: nothing was done, and the donated inputs stay what they were. */
    void abandon() {
        keepDonated();
        for (int i = 0; i < plan.outputs(); i++) {
            drop(buffers[plan.output(i).slot()]);
        }
        giveBack();
    }

    private void keepDonated() {
        plan.heirs().forEach((slot, inherited) -> {
            Buffer donated = buffers[inherited.from()];
            if (donated != null && donated.keep()) {
                buffers[slot] = null;
            }
        });
    }

    /** Ends the run's holds. */
    void giveBack() {
        drop(workspace);
        if (holdsResults) {
            dropResults();
        }
        for (int slot = 0; slot < buffers.length; slot++) {
            if (plan.slot(slot) instanceof Slot.Given) {
                drop(buffers[slot]);
            }
        }
    }

    private void dropResults() {
        for (int slot = 0; slot < buffers.length; slot++) {
            if (!(plan.slot(slot) instanceof Slot.Given)) {
                drop(buffers[slot]);
            }
        }
    }

    private static void drop(@Nullable Buffer buffer) {
        if (buffer != null) {
            buffer.drop();
        }
    }
}
