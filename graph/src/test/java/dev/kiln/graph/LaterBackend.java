package dev.kiln.graph;

import dev.kiln.streams.Device;
import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs what {@link RecordingBackend} runs, but later: each stream's work on a thread of its own, once it may. Streams wait for each
 * other by themselves, and may go on before it is told how that ended which they waited for.
 */
public final class LaterBackend implements Backend {

    private static final RecordingBackend KERNELS = new RecordingBackend();
    private static final Map<Stream, ExecutorService> THREADS = new ConcurrentHashMap<>();
    private static final Semaphore MAY = new Semaphore(1);
    private static final Semaphore MAY_TELL = new Semaphore(1);
    private static final Map<Event, CountDownLatch> REACHED = new ConcurrentHashMap<>();
    private static volatile @Nullable Stream silent;

    /** Holds all work up until {@link #goOn}. */
    static void holdUp() {
        MAY.acquireUninterruptibly();
    }

    static void goOn() {
        MAY.release();
    }

    /** From now on it is not told, until {@link #tell}, what {@code stream} has done; others that wait for it go on. */
    static void keepSilent(Stream stream) {
        MAY_TELL.acquireUninterruptibly();
        silent = stream;
    }

    static void tell() {
        silent = null;
        MAY_TELL.release();
    }

    /** Waits until all is done that {@code stream} was handed so far. */
    static void finish(Stream stream) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        later(stream, done::countDown);
        done.await();
    }

    private static CountDownLatch reached(Event event) {
        return REACHED.computeIfAbsent(event, key -> new CountDownLatch(1));
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
    public void signals(Stream stream, Event event) {
        later(stream, reached(event)::countDown);
    }

    @Override
    public boolean awaits(Stream stream, Event event) {
        CountDownLatch reached = reached(event);
        event.onDone(reached::countDown);
        later(stream, () -> {
            try {
                reached.await();
            } catch (InterruptedException nobodyDoes) {
                throw new IllegalStateException(nobodyDoes);
            }
        });
        return true;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // streams are what they are
    public void whenDone(Stream stream, Runnable action) {
        later(stream, () -> {
            if (stream == silent) {
                MAY_TELL.acquireUninterruptibly();
                MAY_TELL.release();
            }
            action.run();
        });
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
