package dev.kiln.backends.metal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kiln.backends.metal.SharedEvents.Moment;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/**
 * Metal's MTLCommandBuffer with the one MTLComputeCommandEncoder that fills it. Its kernels may run at the same time, but for
 * barriers. It is filled by one thread under one autorelease pool, and awaited by any.
 */
record MtlCommands(MemorySegment buffer, MemorySegment encoder) {

    private static final int CONCURRENT = 1;
    private static final int SCOPE_BUFFERS = 1;
    private static final long COMPLETED = 4;

    private static final Message ENCODER = Message.returning(ADDRESS, "computeCommandEncoderWithDispatchType:",
            JAVA_LONG);
    private static final Message COMMIT = Message.sending("commit");
    private static final Message WAIT = Message.sending("waitUntilCompleted");
    private static final Message WAIT_FOR = Message.sending("encodeWaitForEvent:value:", ADDRESS, JAVA_LONG);
    private static final Message SIGNAL = Message.sending("encodeSignalEvent:value:", ADDRESS, JAVA_LONG);
    private static final Message STATUS = Message.returning(JAVA_LONG, "status");
    private static final Message ERROR = Message.returning(ADDRESS, "error");

    private static final Message SET_PIPELINE = Message.sending("setComputePipelineState:", ADDRESS);
    private static final Message SET_BUFFER = Message.sending("setBuffer:offset:atIndex:", ADDRESS, JAVA_LONG,
            JAVA_LONG);
    private static final Message SET_BYTES = Message.sending("setBytes:length:atIndex:", ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final Message BARRIER = Message.sending("memoryBarrierWithScope:", JAVA_LONG);
    private static final Message DISPATCH = Message.sending("dispatchThreads:threadsPerThreadgroup:", Message.SIZE,
            Message.SIZE);
    private static final Message DISPATCH_GROUPS = Message.sending("dispatchThreadgroups:threadsPerThreadgroup:",
            Message.SIZE, Message.SIZE);
    private static final Message END = Message.sending("endEncoding");

    /** For a command buffer that is this one's from now on, and that begins when {@code awaited} have come. */
    static MtlCommands of(MemorySegment buffer, List<Moment> awaited) {
        awaited.forEach(moment -> WAIT_FOR.send(buffer, moment.event().id(), moment.value()));
        return new MtlCommands(buffer, ObjC.present(ENCODER.object(buffer, CONCURRENT), "an encoder"));
    }

    void pipeline(MtlPipeline pipeline) {
        SET_PIPELINE.send(encoder, pipeline.id());
    }

    /** Argument number {@code index}: the memory from {@code address} on, in {@code within}. */
    void argument(int index, MtlBuffer within, long address) {
        SET_BUFFER.send(encoder, within.id(), address - within.address(), index);
    }

    /** Argument number {@code index}: some bytes, at most 4096, which are copied. */
    void argument(int index, MemorySegment bytes) {
        SET_BYTES.send(encoder, bytes, bytes.byteSize(), index);
    }

    /** What comes after sees what those before have written, and writes only when they are done. */
    void barrier() {
        BARRIER.send(encoder, SCOPE_BUFFERS);
    }

    /** So many threads, in threadgroups of a size, of which the last may be smaller. */
    void dispatch(Extent3 threads, Extent3 group) {
        try (Arena arena = Arena.ofConfined()) {
            DISPATCH.sendSizes(encoder, threads.in(arena), group.in(arena));
        }
    }

    /** So many threadgroups of a size. */
    void dispatchGroups(Extent3 groups, Extent3 group) {
        try (Arena arena = Arena.ofConfined()) {
            DISPATCH_GROUPS.sendSizes(encoder, groups.in(arena), group.in(arena));
        }
    }

    /** Ends the filling, and the device begins; it brings {@code ends} about when it has done all. */
    void commit(List<Moment> ends) {
        END.send(encoder);
        ends.forEach(moment -> SIGNAL.send(buffer, moment.event().id(), moment.value()));
        COMMIT.send(buffer);
    }

    /**
     * Waits until the device has done all, and releases the command buffer; on a thread with an autorelease pool.
     *
     * @return what went wrong, if something did
     */
    Optional<MetalException> await() {
        WAIT.send(buffer);
        Optional<MetalException> failure = Optional.empty();
        if (STATUS.number(buffer) != COMPLETED) {
            MemorySegment error = ERROR.object(buffer);
            failure = Optional.of(new MetalException("Metal gave a command buffer up: "
                    + (error.address() == 0 ? "it does not say why" : MtlDevice.describe(error)) + "."));
        }
        ObjC.release(buffer);
        return failure;
    }

    /** Numbers of threads or threadgroups along three axes. */
    record Extent3(long x, long y, long z) {
        MemorySegment in(Arena arena) {
            return arena.allocateFrom(ValueLayout.JAVA_LONG, x, y, z);
        }
    }
}
