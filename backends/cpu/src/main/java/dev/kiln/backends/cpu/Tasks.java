package dev.kiln.backends.cpu;

import dev.kiln.streams.Workers;

/** Into how many tasks a kernel's work is cut for the workers. */
final class Tasks {

    /** Handing a task to another thread costs some microseconds, in which a thread moves about this much. */
    private static final double WORTH_A_TASK = 128 << 10;
    /** More than one for each thread, since other work may keep a thread from its share. */
    private static final int PER_WORKER = 4;

    private Tasks() {}

    /** The number of tasks for {@code pieces} of work that move {@code bytes} altogether; at least one. */
    static int count(long pieces, double bytes) {
        double most = Math.min(bytes / WORTH_A_TASK, PER_WORKER * Workers.shared().count());
        return (int) Math.clamp((long) most, 1, Math.max(1, pieces));
    }

    /** Some of the pieces of a kernel's work. */
    @FunctionalInterface
    interface Part {
        void run(long start, long end);
    }

    /** Does {@code pieces} of work in {@code tasks}, on the calling thread if it is one. */
    static void run(long pieces, int tasks, Part part) {
        if (tasks <= 1) {
            part.run(0, pieces);
        } else {
            Workers.shared().run(tasks,
                    task -> part.run(start(pieces, tasks, task), start(pieces, tasks, task + 1)));
        }
    }

    /** The first piece of a task. */
    static long start(long pieces, int tasks, int task) {
        return pieces / tasks * task + Math.min(pieces % tasks, task);
    }
}
