package dev.kiln.backends.metal;

import com.google.common.collect.MapMaker;
import dev.kiln.streams.Stream;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentMap;

/** The device, opened when it is first asked for: its queues, its view of Kiln's memory, and its kernels. */
final class MetalDevice {

    /** Metal's number of the family of the M1 and what came after it. */
    private static final long APPLE_7 = 1007;

    private static final Cleaner CLEANER = Cleaner.create(
            Thread.ofPlatform().daemon().name("kiln-metal-cleaner").factory());

    /** The one device, or why there is none. */
    private static final class Holder {
        static final CompletableFuture<MetalDevice> DEVICE = open();

        private static CompletableFuture<MetalDevice> open() {
            CompletableFuture<MetalDevice> opened = new CompletableFuture<>();
            Worker opener = new Worker("kiln-metal-opener", () -> {}); // the caller may be a virtual thread
            opener.execute(() -> {
                try {
                    opened.complete(new MetalDevice());
                } catch (Throwable thrown) {
                    opened.completeExceptionally(thrown);
                }
            });
            return opened;
        }
    }

    private final MtlDevice device;
    private final String name;
    private final DeviceMemory memory;
    private final Pipelines pipelines;
    private final SharedEvents events;
    private final ConcurrentMap<Stream, Queue> queues = new MapMaker().weakKeys().makeMap();

    private MetalDevice() {
        requireMac();
        MemorySegment pool = ObjC.push();
        try {
            device = MtlDevice.open();
            name = device.name();
            if (!device.hasUnifiedMemory() || !device.supportsFamily(APPLE_7)) {
                throw new MetalException("it needs a GPU of Apple silicon; this Mac has " + name);
            }
            memory = new DeviceMemory(device);
            pipelines = new Pipelines(device);
            events = new SharedEvents(device);
        } finally {
            ObjC.pop(pool);
        }
    }

    private static void requireMac() {
        String system = System.getProperty("os.name", "");
        String processor = System.getProperty("os.arch", "");
        boolean mac = system.toLowerCase(Locale.ROOT).startsWith("mac") && processor.equals("aarch64");
        if (!mac && !Libraries.STAND_IN) {
            throw new MetalException("it needs a Mac with Apple silicon; this is " + system + " on " + processor);
        }
    }

    /**
     * The device.
     *
     * @throws RuntimeException or Error, if there is none
     */
    static MetalDevice get() {
        try {
            return Holder.DEVICE.join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) { // without the runtime's help: it may be what is missing
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case null, default -> throw failed;
            }
        }
    }

    /** For example "Apple M2". */
    String name() {
        return name;
    }

    DeviceMemory memory() {
        return memory;
    }

    Pipelines pipelines() {
        return pipelines;
    }

    SharedEvents events() {
        return events;
    }

    /** A queue of nobody's, which the caller closes. */
    Queue newQueue(String called) {
        return new Queue(called, device, memory, events);
    }

    /** The queue of a stream; it goes when the stream does. */
    Queue queue(Stream stream) {
        Queue known = queues.get(stream);
        return known != null ? known : queues.computeIfAbsent(stream, this::queueFor);
    }

    /** How many streams have a queue of Metal's. */
    int queueCount() {
        return (int) queues.values().stream().filter(Queue::isOpen).count();
    }

    private Queue queueFor(Stream stream) {
        Queue queue = newQueue(Long.toString(stream.id()));
        CLEANER.register(stream, queue::close);
        return queue;
    }
}
