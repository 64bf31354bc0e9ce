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
 * more than a small kernel.
 */
final class WorkerPool implements Workers, Executor {

    static final WorkerPool SHARED = new WorkerPool(Runtime.getRuntime().availableProcessors());

    private static final int SPINS_BEFORE_PARK = 4_000;

    private final ConcurrentLinkedQueue<Runnable> drains = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Runnable> shares = new ConcurrentLinkedQueue<>();
    private final Thread[] threads;
    private final AtomicIntegerArray idle;

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
        wakeOne();
    }

    private @Nullable Runnable poll() {
        Runnable drain = drains.poll();
        return drain == null ? shares.poll() : drain;
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
        Shares kernel = new Shares(tasks, body, Thread.currentThread());
        for (int i = Math.min(tasks, threads.length) - 1; i > 0; i--) {
            shares.add(kernel);
            wakeOne();
        }
        kernel.run();
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
        for (int spin = 0; spin < SPINS_BEFORE_PARK; spin++) {
            Runnable task = poll();
            if (task != null) {
                return task;
            }
            Thread.onSpinWait();
        }
        while (true) {
            idle.set(index, 1); // before the last look, so that whoever adds after it sees the mark and unparks
            Runnable task = poll();
            if (task != null) {
                if (!idle.compareAndSet(index, 1, 0)) {
                    wakeOne(); // someone chose this thread for another task, which it will not get to soon
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
        return parked + " of " + threads.length + " workers idle, " + drains.size() + shares.size()
                + " tasks wait for a worker";
    }

    /** The tasks of one {@link #run}, claimed one by one by whoever has time. */
    private static final class Shares implements Runnable {
        private final int tasks;
        private final IntConsumer body;
        private final Thread caller;
        private final AtomicInteger claimed = new AtomicInteger();
        private final AtomicInteger finished = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Shares(int tasks, IntConsumer body, Thread caller) {
            this.tasks = tasks;
            this.body = body;
            this.caller = caller;
        }

        @Override
        public void run() {
            int task;
            while ((task = claimed.getAndIncrement()) < tasks) {
                try {
                    if (failure.get() == null) {
                        body.accept(task);
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
