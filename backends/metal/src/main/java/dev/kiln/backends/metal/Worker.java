package dev.kiln.backends.metal;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread that does what it is given, in order. It begins with the first task and ends when there was none for a
 * while, so that an idle stream has none.
 */
final class Worker implements Executor {

    private static final long PAUSE_MILLIS = 1;
    private static final long IDLE_MILLIS = 5_000;

    private final String name;
    private final Runnable pause;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private @Nullable Thread thread;

    /** With {@code pause}, which is run on the thread when nothing has come for a millisecond. */
    Worker(String name, Runnable pause) {
        this.name = name;
        this.pause = pause;
    }

    /** Takes a task, which must not throw. */
    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            if (thread == null) {
                thread = Thread.ofPlatform().daemon().name(name).start(this::serve);
            } else {
                tasks.notifyAll();
            }
        }
    }

    private void serve() {
        Runnable task = next(IDLE_MILLIS);
        while (task != null) {
            run(task);
            task = next(PAUSE_MILLIS);
            if (task == null) {
                run(pause);
                task = next(IDLE_MILLIS);
            }
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable unexpected) { // tasks carry their own failures: this is a defect, what is behind it goes on
            System.getLogger("dev.kiln").log(System.Logger.Level.ERROR, "A task of the Metal backend failed",
                    unexpected);
        }
    }

    /** The next task; null if there was none for so long, which after the long time ends the thread. */
    private @Nullable Runnable next(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        synchronized (tasks) {
            while (tasks.isEmpty()) {
                long left = (end - System.nanoTime() + 999_999) / 1_000_000;
                if (left <= 0) {
                    if (millis == IDLE_MILLIS) {
                        thread = null;
                    }
                    return null;
                }
                try {
                    tasks.wait(left);
                } catch (InterruptedException nobodyDoes) {
                    throw new IllegalStateException(nobodyDoes);
                }
            }
            return tasks.poll();
        }
    }
}
