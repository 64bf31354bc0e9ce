package dev.kiln.backends.metal;

import dev.kiln.backends.metal.SharedEvents.Moment;
import dev.kiln.streams.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The device's side of a stream: kernels in their order, many in a command buffer.
 *
 * <p>
 * Two threads serve it while it has work. One encodes; a batch goes to the device when somebody wants to know of its end, when
 * it is large, or when nothing has come for a moment. The other waits for one batch after the other and runs what was to
 * come then. So whoever launches never waits for Metal, may be a virtual thread, and has no autorelease pool. What other queues
 * and the processor have to do first, the device waits for by itself.
 */
final class Queue {

    /** Kernels in a batch, so that the device begins before all is encoded. */
    static final int LARGEST_BATCH = 64;

    private final MtlDevice device;
    private final DeviceMemory memory;
    private final SharedEvents events;
    private final Worker encoding;
    private final Worker waiting;
    /** Made when first needed; like the open batch, written by the encoding thread only. */
    private volatile @Nullable MtlQueue queue;
    private @Nullable Batch open;
    /** What the next batch waits for; empty while one is open. */
    private final List<Moment> awaited = new ArrayList<>();

    Queue(String name, MtlDevice device, DeviceMemory memory, SharedEvents events) {
        this.device = device;
        this.memory = memory;
        this.events = events;
        encoding = new Worker("kiln-encoder-" + name, this::commit);
        waiting = new Worker("kiln-waiter-" + name, () -> {});
    }

    /** Adds a launch; {@code failed} is told what went wrong with it, before anything that {@link #whenDone} runs. */
    void encode(MetalKernel kernel, long[] addresses, Consumer<Throwable> failed) {
        encoding.execute(() -> {
            try {
                Batch batch = open();
                batch.add(kernel, addresses, failed);
                if (batch.dispatches() >= LARGEST_BATCH) {
                    commit();
                }
            } catch (Throwable thrown) { // it belongs to the arrays that depend on this launch
                failed.accept(thrown);
            }
        });
    }

    /** All that is added later begins when {@code event} is done; the device waits for it, and what was added before does not. */
    void await(Event event) {
        encoding.execute(() -> {
            if (!event.isDone()) {
                try {
                    commit();
                    awaited.add(events.of(event));
                } catch (Throwable refused) { // the order holds all the same
                    event.await();
                }
            }
        });
    }

    /**
     * The device lets those who {@link #await} {@code event} know when all that was added is done, if it has not been given all of
     * that already: then the processor's word will do.
     */
    void signal(Event event) {
        encoding.execute(() -> {
            if (open != null) {
                open.endsWith(events.of(event));
            }
        });
    }

    /** Runs {@code action}, which must not throw or block, once all that was added before is done. */
    void whenDone(Runnable action) {
        encoding.execute(() -> {
            try {
                commit();
            } finally {
                waiting.execute(action);
            }
        });
    }

    /** Runs {@code work} on the processor, after all that was added before and before all that is added later. */
    void runHere(Runnable work, Consumer<Throwable> failed) {
        encoding.execute(() -> {
            commit();
            CountDownLatch done = new CountDownLatch(1);
            waiting.execute(done::countDown);
            try {
                done.await();
                work.run();
            } catch (Throwable thrown) { // as in encode
                failed.accept(thrown);
            }
        });
    }

    private Batch open() {
        Batch batch = open;
        if (batch == null) {
            batch = new Batch(() -> {
                MtlQueue known = queue;
                if (known == null) {
                    known = device.newQueue();
                    queue = known;
                }
                return known.commands(awaited);
            }, memory);
            awaited.clear();
            open = batch;
        }
        return batch;
    }

    private void commit() {
        Batch batch = awaited.isEmpty() ? open : open(); // without kernels, it still ends after what it waits for
        if (batch != null) {
            open = null;
            batch.commit();
            waiting.execute(batch::await);
        }
    }

    /** Whether it has a queue of Metal's. */
    boolean isOpen() {
        return queue != null;
    }

    /** Releases what it has of Metal's, once all is done; it may be used again. */
    void close() {
        encoding.execute(() -> {
            commit();
            MtlQueue known = queue;
            if (known != null) {
                queue = null;
                waiting.execute(known::release);
            }
        });
    }
}
