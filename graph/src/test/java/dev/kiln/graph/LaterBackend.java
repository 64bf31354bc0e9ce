package dev.kiln.graph;

import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Runs what {@link RecordingBackend} runs, but later: each stream's work on a thread of its own, once it may. */
public final class LaterBackend implements Backend {

    private static final RecordingBackend KERNELS = new RecordingBackend();
    private static final Map<Stream, ExecutorService> THREADS = new ConcurrentHashMap<>();
    private static final Semaphore MAY = new Semaphore(1);

    /** Holds all work up until {@link #goOn}. */
    static void holdUp() {
        MAY.acquireUninterruptibly();
    }

    static void goOn() {
        MAY.release();
    }

    private static void later(Stream stream, Runnable work) {
        THREADS.computeIfAbsent(stream,
                key -> Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory())).execute(() -> {
                    MAY.acquireUninterruptibly();
                    MAY.release();
                    work.run();
                });
    }

    @Override
    public Device.Kind kind() {
        return Device.Kind.METAL;
    }

    @Override
    public Optional<String> whyUnavailable() {
        return Optional.empty();
    }

    @Override
    public Fit fit(Primitive primitive, List<Spec> inputs, Spec output) {
        return switch (primitive) {
            case Toy.Mirrored mirrored -> Fit.LAST_RESORT;
            case Toy.Hopeless hopeless -> Fit.LAST_RESORT;
            default -> KERNELS.fit(primitive, inputs, output);
        };
    }

    @Override
    public boolean isAsynchronous() {
        return true;
    }

    @Override
    public void whenDone(Stream stream, Runnable action) {
        later(stream, action);
    }

    @Override
    public Kernel compile(Work work) {
        Kernel kernel = KERNELS.compile(work);
        return new Kernel() {
            @Override
            public void launch(Stream stream, long[] addresses) {
                throw new UnsupportedOperationException("This device does work later.");
            }

            @Override
            public void launch(Stream stream, long[] addresses, Consumer<Throwable> failed) {
                later(stream, () -> {
                    try {
                        kernel.launch(stream, addresses);
                    } catch (Throwable thrown) {
                        failed.accept(thrown);
                    }
                });
            }
        };
    }
}
