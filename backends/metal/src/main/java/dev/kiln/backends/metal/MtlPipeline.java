package dev.kiln.backends.metal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Metal's MTLComputePipelineState: a kernel ready to run.
 *
 * @param mostThreads that a threadgroup may have
 * @param simdWidth threads of a simdgroup
 */
record MtlPipeline(MemorySegment id, int mostThreads, int simdWidth) {

    private static final Message MOST_THREADS = Message.returning(JAVA_LONG, "maxTotalThreadsPerThreadgroup");
    private static final Message SIMD_WIDTH = Message.returning(JAVA_LONG, "threadExecutionWidth");

    MtlPipeline(MemorySegment id) {
        this(id, Math.toIntExact(MOST_THREADS.number(id)), Math.toIntExact(SIMD_WIDTH.number(id)));
    }
}
