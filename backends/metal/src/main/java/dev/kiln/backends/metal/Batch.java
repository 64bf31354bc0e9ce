package dev.kiln.backends.metal;

import dev.kiln.backends.metal.SharedEvents.Moment;
import dev.kiln.graph.Buffer;
import dev.kiln.graph.OffHeap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Kernels that go to the device in one command buffer. It is filled on its queue's encoding thread, under an autorelease pool
 * of its own, and ended on the thread that waits.
 */
final class Batch {

    /** What a kernel that may find its data wrong has to say: whether it did, and a number. */
    private static final int REPORT_BYTES = 2 * Long.BYTES;
    /** What such a kernel touches around the address of its report. */
    static final Range REPORT = new Range(0, REPORT_BYTES, Long.BYTES);

    /** Makes an exception of the number in a report. */
    @FunctionalInterface
    interface Complaint {
        Throwable about(long number);
    }

    private record Report(long address, Complaint complaint, Consumer<Throwable> failed) {}

    private final DeviceMemory memory;
    private final MemorySegment pool;
    private final MtlCommands commands;
    private final Hazards hazards = new Hazards();
    private final List<Consumer<Throwable>> launches = new ArrayList<>();
    private final List<Report> reports = new ArrayList<>();
    private final List<MtlBuffer> temporary = new ArrayList<>();
    private final List<Buffer> held = new ArrayList<>();
    private final List<Moment> ends = new ArrayList<>();
    private @Nullable Buffer reported;
    private int dispatches;

    /** Begins on the calling thread. */
    Batch(Supplier<MtlCommands> maker, DeviceMemory memory) {
        this.memory = memory;
        pool = ObjC.push();
        try {
            commands = maker.get();
        } catch (RuntimeException | Error failed) {
            ObjC.pop(pool);
            throw failed;
        }
    }

    /** How many kernels there are in it. */
    int dispatches() {
        return dispatches;
    }

    /** Fills in one launch, which {@code failed} speaks for. */
    void add(MetalKernel kernel, long[] addresses, Consumer<Throwable> failed) {
        launches.add(failed);
        kernel.encode(this, addresses, failed);
    }

    /** One kernel: its pipeline, its arrays by number, and then its parameters. */
    void dispatch(Dispatch work, long[] addresses) {
        if (work.grid().x() == 0 || work.grid().y() == 0 || work.grid().z() == 0) {
            return;
        }
        long[] bound = addresses.clone();
        MtlBuffer[] within = new MtlBuffer[bound.length];
        boolean mustWait = false;
        for (int i = 0; i < bound.length; i++) {
            Range range = work.arrays().get(i);
            if (!range.isEmpty()) {
                bound[i] = aligned(bound[i], range);
                within[i] = within(bound[i], range);
                mustWait |= hazards.meet(bound[i] + range.low(), bound[i] + range.high(), i >= work.reads());
            }
        }
        if (mustWait) {
            commands.barrier();
            hazards.clear();
        }
        commands.pipeline(work.pipeline());
        for (int i = 0; i < bound.length; i++) {
            Range range = work.arrays().get(i);
            if (within[i] != null) {
                hazards.add(bound[i] + range.low(), bound[i] + range.high(), i >= work.reads());
                commands.argument(i, within[i], bound[i]);
            } else { // an array without elements is not touched, but an argument must be there
                commands.argument(i, memory.nothing(), memory.nothing().address());
            }
        }
        commands.argument(bound.length, work.parameters());
        if (work.inGroups()) {
            commands.dispatchGroups(work.grid(), work.group());
        } else {
            commands.dispatch(work.grid(), work.group());
        }
        dispatches++;
    }

    /** The buffer that the bytes of an array lie in. */
    private MtlBuffer within(long address, Range range) {
        long begin = address + range.low();
        Optional<MtlBuffer> known = memory.around(begin)
                .filter(buffer -> address + range.high() <= buffer.address() + buffer.bytes());
        return known.orElseGet(() -> {
            MtlBuffer own = memory.over(begin, range.high() - range.low());
            temporary.add(own);
            return own;
        });
    }

    /** Wrapped memory may lie where Metal does not read elements of such a size: what is read there is copied. */
    private long aligned(long address, Range range) {
        if (address % range.alignment() == 0) {
            return address;
        }
        long bytes = range.high() - range.low();
        Buffer copy = Buffer.allocate(bytes);
        hold(copy);
        MemorySegment.copy(OffHeap.ALL, address + range.low(), OffHeap.ALL, copy.address(), bytes);
        return copy.address() - range.low();
    }

    private void hold(Buffer buffer) {
        buffer.hold();
        held.add(buffer);
    }

    /**
     * Where a kernel that checks its data reports: two numbers of 64 bits, of which the first is not 0 once something is
     * wrong.
     */
    long report(Complaint complaint, Consumer<Throwable> failed) {
        Buffer buffer = reported;
        int number = reports.size() % Queue.LARGEST_BATCH;
        if (buffer == null || number == 0) {
            buffer = Buffer.allocate((long) REPORT_BYTES * Queue.LARGEST_BATCH);
            hold(buffer);
            reported = buffer;
        }
        long at = buffer.address() + (long) REPORT_BYTES * number;
        OffHeap.ALL.set(ValueLayout.JAVA_LONG, at, 0L);
        OffHeap.ALL.set(ValueLayout.JAVA_LONG, at + Long.BYTES, 0L);
        reports.add(new Report(at, complaint, failed));
        return at;
    }

    /** The device brings {@code end} about when it has done the batch. */
    void endsWith(Moment end) {
        ends.add(end);
    }

    /** Hands it to the device; on the thread that began it. */
    void commit() {
        try {
            commands.commit(ends);
        } finally {
            ObjC.pop(pool);
        }
    }

    /** Waits for the device and tells the launches that failed; on a platform thread. */
    void await() {
        MemorySegment waiting = ObjC.push();
        try {
            commands.await().ifPresent(failure -> launches.forEach(launch -> launch.accept(failure)));
            for (Report report : reports) {
                if (OffHeap.ALL.get(ValueLayout.JAVA_LONG, report.address) != 0) {
                    report.failed.accept(report.complaint
                            .about(OffHeap.ALL.get(ValueLayout.JAVA_LONG, report.address + Long.BYTES)));
                }
            }
        } finally {
            temporary.forEach(MtlBuffer::release);
            held.forEach(Buffer::drop);
            ObjC.pop(waiting);
        }
    }
}
