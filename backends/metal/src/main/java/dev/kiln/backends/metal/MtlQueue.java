package dev.kiln.backends.metal;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.kiln.backends.metal.SharedEvents.Moment;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Metal's MTLCommandQueue. */
record MtlQueue(MemorySegment id) {

    private static final Message COMMAND_BUFFER = Message.returning(ADDRESS, "commandBuffer");

    /**
     * A new command buffer, which the caller releases, and which begins when {@code awaited} have come; this waits while the queue has
     * as many as it may.
     */
    MtlCommands commands(List<Moment> awaited) {
        MemorySegment buffer = ObjC.present(COMMAND_BUFFER.object(id), "a command buffer");
        return MtlCommands.of(ObjC.retain(buffer), awaited);
    }

    void release() {
        ObjC.release(id);
    }
}
