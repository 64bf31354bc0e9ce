package dev.kiln.backends.cpu;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Ways to do the same work, of which the machine decides which is the fastest. Most of the work is done in the way that was the
 * fastest lately. Now and then all ways get a turn, one after the other and timed, so that what slows the machine down for a while
 * slows them all.
 *
 * @param <W> a way
 */
final class Contest<W> {

    /** In so many turns each way has one that is timed. */
    static final int ROUND = 32;
    /** The first turns, which are all timed; a multiple of a round. */
    static final int OPENING = 32;
    private static final double TREND = 0.125;

    private final List<W> ways;
    private final LongSupplier clock;
    /** Of a piece, by way; slow to rise, since a thread that is kept waiting says nothing about its way. */
    private final double[] nanos;
    private int turns;
    private volatile int leader;

    /** Between {@code ways}, the first of which leads. */
    Contest(List<W> ways) {
        this(ways, System::nanoTime);
    }

    /** The same by a clock that tells nanoseconds. */
    Contest(List<W> ways, LongSupplier clock) {
        this.ways = List.copyOf(ways);
        this.clock = clock;
        nanos = new double[ways.size()];
    }

    /** Does {@code work}, which is so many pieces. */
    void run(long pieces, Consumer<W> work) {
        int turn = ways.size() == 1 ? 1 : turn();
        if (turn >= ways.size()) {
            work.accept(leader());
            return;
        }
        long begin = clock.getAsLong();
        work.accept(ways.get(turn));
        took(turn, (double) (clock.getAsLong() - begin) / pieces);
    }

    /** The way whose turn it is to be timed, or a larger number if it is none's. */
    private synchronized int turn() {
        int turn = turns < OPENING ? turns % ways.size() : turns % ROUND;
        turns = turns + 1 == OPENING + ROUND ? OPENING : turns + 1;
        return turn;
    }

    private synchronized void took(int way, double each) {
        double before = nanos[way];
        if (before == 0) {
            nanos[way] = each;
        } else {
            nanos[way] += each < before ? (each - before) / 2 : Math.min(each - before, before) * TREND;
        }
        int fastest = leader;
        for (int other = 0; other < nanos.length; other++) {
            fastest = nanos[other] > 0 && nanos[other] < nanos[fastest] ? other : fastest;
        }
        leader = fastest;
    }

    /** The way that was the fastest lately. */
    W leader() {
        return ways.get(leader);
    }
}
