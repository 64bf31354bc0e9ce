package dev.kiln.backends.metal;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.MemorySegment;

/** Metal's MTLCommandQueue. */
record MtlQueue(MemorySegment id) {

    private static final Message COMMAND_BUFFER = Message.returning(ADDRESS, "commandBuffer");

    /** A new command buffer, which the caller releases; it waits while the queue has as many as it may. */
    MtlCommands commands() {
        MemorySegment buffer = ObjC.present(COMMAND_BUFFER.object(id), "a command buffer");
        return MtlCommands.of(ObjC.retain(buffer));
    }

    void release() {
        ObjC.release(id);
    }
}
