package dev.kiln.backends.metal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kiln.backends.metal.MtlCommands.Extent3;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/** A device with one kernel, two arrays and an autorelease pool, for tests of single calls. On the thread of the test. */
final class Calls implements AutoCloseable {

    static final long PAGE = 16_384;

    /** Writes the half of the first array, and a number more, to the second. */
    static final String HALF = """
            #include <metal_stdlib>
            using namespace metal;
            kernel void half_of(device const float *in [[buffer(0)]], device float *out [[buffer(1)]],
                                constant int &more [[buffer(2)]], uint i [[thread_position_in_grid]]) {
                out[i] = in[i] / 2.0f + float(more);
            }
            """;

    static final Message NEW_QUEUE = Message.returning(ADDRESS, "newCommandQueue");
    static final Message COMMAND_BUFFER = Message.returning(ADDRESS, "commandBuffer");
    static final Message COMMIT = Message.sending("commit");
    static final Message WAIT = Message.sending("waitUntilCompleted");
    static final Message WAIT_FOR = Message.sending("encodeWaitForEvent:value:", ADDRESS, JAVA_LONG);
    static final Message SIGNAL = Message.sending("encodeSignalEvent:value:", ADDRESS, JAVA_LONG);
    static final Message SET_VALUE = Message.sending("setSignaledValue:", JAVA_LONG);
    static final Message END = Message.sending("endEncoding");

    private final MemorySegment pool = ObjC.push();
    private final Arena arena = Arena.ofConfined();
    final MtlDevice device = MtlDevice.open();
    final MtlQueue queue = device.newQueue();
    final MtlPipeline half = device.compile(HALF, "half_of");
    final MemorySegment in = page();
    final MemorySegment out = page();
    final MtlBuffer inBuffer = device.wrap(in.address(), PAGE);
    final MtlBuffer outBuffer = device.wrap(out.address(), PAGE);
    final MtlCommands commands = queue.commands(List.of());

    /** A page of memory of the test's, of zeros. */
    MemorySegment page() {
        return arena.allocate(PAGE, PAGE);
    }

    MemorySegment bytes(int... numbers) {
        return arena.allocateFrom(ValueLayout.JAVA_INT, numbers);
    }

    Arena arena() {
        return arena;
    }

    /** All that the kernel needs. */
    void bind() {
        commands.pipeline(half);
        commands.argument(0, inBuffer, in.address());
        commands.argument(1, outBuffer, out.address());
        commands.argument(2, bytes(1));
    }

    void dispatch(long threads) {
        commands.dispatch(new Extent3(threads, 1, 1), new Extent3(32, 1, 1));
    }

    Optional<MetalException> finish() {
        commands.commit(List.of());
        return commands.await();
    }

    /** Releases what it made; not the command buffer, which {@link #finish} does. */
    @Override
    public void close() {
        inBuffer.release();
        outBuffer.release();
        ObjC.release(half.id());
        queue.release();
        ObjC.release(device.id());
        arena.close();
        ObjC.pop(pool);
    }
}
