package dev.kiln.backends.metal;

import java.lang.foreign.MemorySegment;

/** Metal's MTLBuffer over memory that is Kiln's or the program's. */
record MtlBuffer(MemorySegment id, long address, long bytes) {

    void release() {
        ObjC.release(id);
    }
}
