package dev.kiln.streams;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of daemon threads for all streams. Two kinds of work come in: the drain of a stream's queue, and shares of
 * a kernel. Neither ever blocks on another (a stream that must wait for an event gives its thread back), so a fixed
 * number of threads cannot deadlock.
 *
 * <p>
 * An idle thread spins for some microseconds before it parks: kernels follow each other closely, and an unpark costs
 * more than a small kernel. While one spins, none is woken for work that it will find: on a machine with few processors the
 * second would take one of them from those that compute.
 */
final class WorkerPool implements Workers, Executor {

    static final WorkerPool SHARED = new WorkerPool(Runtime.getRuntime().availableProcessors());

    private static final int SPINS_BEFORE_PARK = 4_000;

    private final ConcurrentLinkedQueue<Runnable> drains = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Shares> shares = new ConcurrentLinkedQueue<>();
    private final Thread[] threads;
    private final AtomicIntegerArray idle;
    private final AtomicInteger spinning = new AtomicInteger();

    WorkerPool(int size) {
        threads = new Thread[size];
        idle = new AtomicIntegerArray(size);
        for (int i = 0; i < size; i++) {
            threads[i] = Thread.ofPlatform().daemon().name("kiln-worker-" + i).unstarted(serve(i));
        }
        for (Thread thread : threads) {
            thread.start();
        }
    }

    @Override
    public int count() {
        return threads.length;
    }

    /** Takes the drain of a stream; it goes before shares, whose kernel is being worked on by another thread already. */
    @Override
    public void execute(Runnable drain) {
        drains.add(drain);
        wake(1);
    }

    private @Nullable Runnable poll(int index) {
        Runnable drain = drains.poll();
        if (drain != null) {
            return drain;
        }
        Shares kernel = shares.poll();
        return kernel == null ? null : () -> kernel.take(index);
    }

    /** Sees to it that as many threads as have just got work will look for it. */
    private void wake(int wanted) {
        for (int i = spinning.get(); i < wanted; i++) {
            wakeOne();
        }
    }

    private void wakeOne() {
        for (int i = 0; i < threads.length; i++) {
            if (idle.get(i) == 1 && idle.compareAndSet(i, 1, 0)) {
                LockSupport.unpark(threads[i]);
                return;
            }
        }
    }

    @Override
    public void run(int tasks, IntConsumer body) {
        if (tasks <= 1 || threads.length == 1) {
            for (int i = 0; i < tasks; i++) {
                body.accept(i);
            }
            return;
        }
        Shares kernel = new Shares(tasks, Math.min(tasks, threads.length), body, Thread.currentThread());
        for (int i = 1; i < kernel.spans; i++) {
            shares.add(kernel);
        }
        wake(kernel.spans - 1);
        kernel.take(0);
        kernel.awaitOthers();
    }

    private Runnable serve(int index) {
        return () -> {
            while (true) {
                Runnable task = next(index);
                try {
                    task.run();
                } catch (Throwable unexpected) { // tasks carry their own failures: this is a defect, the pool lives on
                    System.getLogger("dev.kiln").log(System.Logger.Level.ERROR, "A worker's task failed", unexpected);
                }
            }
        };
    }

    private Runnable next(int index) {
        spinning.incrementAndGet();
        for (int spin = 0; spin < SPINS_BEFORE_PARK; spin++) {
            Runnable task = poll(index);
            if (task != null) {
                if (spinning.decrementAndGet() == 0 && !(drains.isEmpty() && shares.isEmpty())) {
                    wakeOne(); // others may have relied on this thread for what is left
                }
                return task;
            }
            Thread.onSpinWait();
        }
        spinning.decrementAndGet(); // before the last look below: who relied on it has added its work by then
        while (true) {
            idle.set(index, 1); // before the last look, so that whoever adds after it sees the mark and unparks
            Runnable task = poll(index);
            if (task != null) {
                if (!idle.compareAndSet(index, 1, 0) || !(drains.isEmpty() && shares.isEmpty())) {
                    wakeOne(); // someone chose this thread, or relied on it while it spun, for a task that it will not get to soon
                }
                return task;
            }
            LockSupport.park(this);
        }
    }

    /** How busy the threads are. Those that spin for work to come count as busy. */
    @Override
    public String toString() {
        int parked = IntStream.range(0, threads.length).map(idle::get).sum();
        return parked + " of " + threads.length + " workers idle, " + (drains.size() + shares.size())
                + " tasks wait for a worker";
    }

    /**
     * The tasks of one {@link #run}, claimed one by one by whoever has time. They lie in as many spans as there are threads for
     * them, and a thread begins with a span of its own, in each kernel the same one if it can: then it finds in its caches what
     * it has read and written there before.
     */
    private static final class Shares {
        private final int tasks;
        private final int spans;
        private final IntConsumer body;
        private final Thread caller;
        /** For each span, whether a thread has begun with it. */
        private final AtomicIntegerArray begun;
        /** For each span, how many of its tasks have been claimed. */
        private final AtomicIntegerArray claimed;
        private final AtomicInteger finished = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Shares(int tasks, int spans, IntConsumer body, Thread caller) {
            this.tasks = tasks;
            this.spans = spans;
            this.body = body;
            this.caller = caller;
            begun = new AtomicIntegerArray(spans);
            claimed = new AtomicIntegerArray(spans);
        }

        /** Does tasks until none are left, first those of the span {@code wanted} or of the next that nobody has begun with. */
        void take(int wanted) {
            int first = wanted % spans;
            for (int i = 0; i < spans && !begun.compareAndSet(first, 0, 1); i++) {
                first = (first + 1) % spans;
            }
            for (int i = 0; i < spans; i++) {
                finish((first + i) % spans);
            }
        }

        private void finish(int span) {
            int start = start(span);
            int size = start(span + 1) - start;
            int task;
            while (claimed.get(span) < size && (task = claimed.getAndIncrement(span)) < size) {
                try {
                    if (failure.get() == null) {
                        body.accept(start + task);
                    }
                } catch (Throwable thrown) {
                    failure.compareAndSet(null, thrown);
                } finally {
                    if (finished.incrementAndGet() == tasks) {
                        LockSupport.unpark(caller);
                    }
                }
            }
        }

        private int start(int span) {
            return tasks / spans * span + Math.min(tasks % spans, span);
        }

        void awaitOthers() {
            boolean interrupted = false;
            for (int spin = 0; finished.get() < tasks; spin++) {
                if (spin < SPINS_BEFORE_PARK) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                    interrupted |= Thread.interrupted(); // memory is in use until the last share ends
                }
            }
            if (interrupted) {
                caller.interrupt();
            }
            switch (failure.get()) {
                case null -> {
                }
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }
    }
}
