package dev.kiln.examples.benchmarks;

import dev.kiln.streams.Device;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which JMH runs benchmarks, with another default device than the processor: benchmarks need not know of it.
 * JMH makes it by name, in each JVM that it starts.
 */
public final class OnDevice extends ThreadPoolExecutor {

    private static final String DEVICE = "kiln.benchmarks.device";

    /**
     * For JMH, which asks for so many threads and tells what their names begin with.
     *
     * @throws IllegalStateException if there is no such device: JMH would wait for ever for threads that fail
     */
    public OnDevice(int threads, String prefix) {
        device().stream(); // refuses one that is not there
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                work -> Thread.ofPlatform().daemon().name(prefix).unstarted(() -> device().run(work)));
    }

    private static Device device() {
        return new Device(Device.Kind.valueOf(System.getProperty(DEVICE, Device.Kind.CPU.name())), 0);
    }

    /** What JVMs are started with so that benchmarks run on {@code device}. */
    static List<String> flags(Device device) {
        return List.of("-Djmh.executor=CUSTOM", "-Djmh.executor.class=" + OnDevice.class.getName(),
                "-D" + DEVICE + "=" + device.kind());
    }
}
