package dev.kiln.backends.metal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/** Metal's MTLDevice. */
record MtlDevice(MemorySegment id) {

    private static final int STORAGE_SHARED = 0;

    private static final Message NAME = Message.returning(ADDRESS, "name");
    private static final Message UNIFIED = Message.returning(JAVA_BOOLEAN, "hasUnifiedMemory");
    private static final Message SUPPORTS = Message.returning(JAVA_BOOLEAN, "supportsFamily:", JAVA_LONG);
    private static final Message NEW_QUEUE = Message.returning(ADDRESS, "newCommandQueue");
    private static final Message NEW_SHARED_EVENT = Message.returning(ADDRESS, "newSharedEvent");
    private static final Message NEW_BUFFER = Message.returning(ADDRESS,
            "newBufferWithBytesNoCopy:length:options:deallocator:", ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS);
    private static final Message NEW_LIBRARY = Message.returning(ADDRESS, "newLibraryWithSource:options:error:",
            ADDRESS,
            ADDRESS, ADDRESS);
    private static final Message NEW_PIPELINE = Message.returning(ADDRESS,
            "newComputePipelineStateWithFunction:error:", ADDRESS, ADDRESS);
    private static final Message NEW_FUNCTION = Message.returning(ADDRESS, "newFunctionWithName:", ADDRESS);
    private static final Message NEW = Message.returning(ADDRESS, "new");
    private static final Message FAST_MATH = Message.sending("setFastMathEnabled:", JAVA_BOOLEAN);
    private static final Message DESCRIPTION = Message.returning(ADDRESS, "localizedDescription");

    /**
     * The device of this system.
     *
     * @throws MetalException if it has none
     */
    static MtlDevice open() {
        ObjC.library(Libraries.GRAPHICS);
        SymbolLookup metal = ObjC.library(Libraries.METAL);
        MemorySegment create = ObjC.symbol(metal, "MTLCreateSystemDefaultDevice");
        try {
            MemorySegment device = (MemorySegment) ObjC.function(create, FunctionDescriptor.of(ADDRESS)).invokeExact();
            if (device.address() == 0) {
                throw new MetalException("Metal has no device on this system.");
            }
            return new MtlDevice(device);
        } catch (Throwable thrown) {
            throw ObjC.unexpected(thrown);
        }
    }

    /** For example "Apple M2". */
    String name() {
        return ObjC.textOf(NAME.object(id));
    }

    /** Whether its memory is that of the processor. */
    boolean hasUnifiedMemory() {
        return UNIFIED.truth(id);
    }

    /** Whether it can what a family of devices can, by Metal's number of it. */
    boolean supportsFamily(long family) {
        return SUPPORTS.truth(id, family);
    }

    MtlQueue newQueue() {
        return new MtlQueue(ObjC.present(NEW_QUEUE.object(id), "a command queue"));
    }

    /** An event whose value is 0. */
    MtlSharedEvent newSharedEvent() {
        return new MtlSharedEvent(ObjC.present(NEW_SHARED_EVENT.object(id), "a shared event"));
    }

    /** A buffer over whole pages that are there, which must stay until it is released. */
    MtlBuffer wrap(long address, long bytes) {
        MemorySegment buffer = NEW_BUFFER.object(id, MemorySegment.ofAddress(address), bytes, STORAGE_SHARED,
                MemorySegment.NULL);
        return new MtlBuffer(ObjC.present(buffer, "a buffer over " + bytes + " bytes of memory"), address, bytes);
    }

    /**
     * Compiles a program in the Metal Shading Language; on a platform thread with an autorelease pool.
     *
     * @return the function of that name, ready to run
     * @throws MetalException if the compiler refuses; with its words
     */
    MtlPipeline compile(String source, String function) {
        MemorySegment options = ObjC.present(NEW.object(ObjC.classNamed("MTLCompileOptions")), "compile options");
        try (Arena arena = Arena.ofConfined()) {
            FAST_MATH.send(options, false); // infinities and NaN are values like others
            MemorySegment error = arena.allocate(ADDRESS);
            MemorySegment library = required(
                    NEW_LIBRARY.object(id, ObjC.string(source), options, error), error, "compile", source);
            MemorySegment kernel = MemorySegment.NULL;
            try {
                kernel = ObjC.present(NEW_FUNCTION.object(library, ObjC.string(function)), "the function " + function);
                MemorySegment pipeline = required(NEW_PIPELINE.object(id, kernel, error), error, "prepare", source);
                return new MtlPipeline(pipeline);
            } finally {
                if (kernel.address() != 0) {
                    ObjC.release(kernel);
                }
                ObjC.release(library);
            }
        } finally {
            ObjC.release(options);
        }
    }

    private static MemorySegment required(MemorySegment made, MemorySegment error, String what, String source) {
        if (made.address() != 0) {
            return made;
        }
        MemorySegment why = error.get(ADDRESS, 0);
        throw new MetalException("Metal did not " + what + " a kernel: "
                + (why.address() == 0 ? "it does not say why" : describe(why)) + "\n" + source);
    }

    /** What an NSError says. */
    static String describe(MemorySegment error) {
        return ObjC.textOf(DESCRIPTION.object(error));
    }
}
