package dev.kiln.graph;

/** Waits until the collector has found what earlier tests dropped, so that bytes can be counted exactly. */
final class Settled {

    private static final int QUIET = 3;

    private Settled() {}

    /** Bytes in use once nothing comes back any more. */
    static long active() {
        long active = Memory.active();
        for (int quiet = 0; quiet < QUIET;) {
            System.gc();
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            long now = Memory.active();
            quiet = now == active ? quiet + 1 : 0;
            active = now;
        }
        return active;
    }
}
