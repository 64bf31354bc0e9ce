package dev.kiln.graph;

import dev.kiln.graph.SoakGraph.End;
import dev.kiln.graph.SoakGraph.Output;
import dev.kiln.streams.Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Threads that evaluate, read, extend and replace the same few graphs over the same few streams, while others interrupt
 * them, close streams, and make memory scarce. What happens is chosen by a seed; when, is not.
 */
final class Soak {

    private static final int STREAMS = 8;
    private static final int THREADS = 32;
    private static final int GRAPHS = 12;
    private static final int PATIENCE_SECONDS = 60;

    private final Random random;
    private final List<Stream> streams = new CopyOnWriteArrayList<>();
    private final AtomicReferenceArray<SoakGraph> graphs = new AtomicReferenceArray<>(GRAPHS);
    private final List<Worker> workers = new ArrayList<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Map<End, LongAdder> ends = new EnumMap<>(End.class);
    private final LongAdder actions = new LongAdder();
    private final LongAdder built = new LongAdder();
    private final LongAdder evaluated = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private volatile boolean over;

    Soak(long seed) {
        random = new Random(seed);
        for (End end : End.values()) {
            ends.put(end, new LongAdder());
        }
        for (int i = 0; i < STREAMS; i++) {
            streams.add(Toys.stream());
        }
        for (int i = 0; i < GRAPHS; i++) {
            graphs.set(i, graph(random));
        }
        for (int i = 0; i < THREADS; i++) {
            workers.add(new Worker(i, new Random(random.nextLong())));
        }
    }

    /** Runs, and returns what it ran. */
    String run(int seconds) throws InterruptedException {
        long limit = Memory.limit();
        long usual = Memory.active() + (6L << 20); // little more than what the graphs need at times
        Memory.limit(usual);
        Memory.resetPeak();
        try {
            workers.forEach(worker -> worker.thread.start());
            disturb(seconds, usual);
            over = true;
            join();
        } finally {
            over = true;
            Memory.limit(limit);
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.size() + " of " + THREADS + " threads failed after " + counts(),
                    failures.peek());
        }
        for (int i = 0; i < GRAPHS; i++) {
            graphs.get(i).checkSettled();
        }
        return counts();
    }

    /** Interrupts threads and makes memory scarce for a while, and watches that something happens. */
    private void disturb(int seconds, long usual) throws InterruptedException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        Watchdog watchdog = new Watchdog();
        while (System.nanoTime() < end && failures.isEmpty()) {
            Thread.sleep(1 + random.nextInt(20));
            workers.get(random.nextInt(THREADS)).thread.interrupt();
            if (random.nextInt(20) == 0) {
                Memory.limit(Memory.active() + (64 << 10));
                Thread.sleep(5);
                Memory.limit(usual);
            }
            watchdog.look();
        }
    }

    private void join() throws InterruptedException {
        Watchdog watchdog = new Watchdog();
        for (Worker worker : workers) {
            while (!worker.thread.join(Duration.ofMillis(100))) {
                watchdog.look();
            }
        }
    }

    private final class Watchdog {
        private long seen = -1;
        private long since;

        void look() {
            long now = System.nanoTime();
            if (actions.sum() != seen) {
                seen = actions.sum();
                since = now;
            } else if (now - since > PATIENCE_SECONDS * 1_000_000_000L) {
                throw new AssertionError("Nothing has ended for " + PATIENCE_SECONDS + " seconds, after " + counts()
                        + ".\n" + dump());
            }
        }
    }

    /** What everybody is doing. */
    private String dump() {
        StringBuilder dump = new StringBuilder();
        for (Worker worker : workers) {
            Thread thread = worker.thread;
            dump.append(thread.isVirtual() ? "virtual" : "platform").append(" thread ").append(thread.getName())
                    .append(thread.isAlive() ? " is at " : " has ended after ").append(worker.doing).append('\n');
        }
        return dump + "\n" + Stream.report() + "\n" + Threads.dump();
    }

    private String counts() {
        return actions + " actions of " + THREADS + " threads on " + STREAMS + " streams at a time; " + built
                + " graphs, "
                + evaluated + " evaluations, " + closed + " streams closed; ends: "
                + ends.entrySet().stream().map(end -> end.getKey().name().toLowerCase(Locale.ROOT) + " "
                        + end.getValue()).collect(Collectors.joining(", "))
                + "; " + Memory.peak() + " bytes at the most";
    }

    private Stream stream(Random random) {
        return streams.get(random.nextInt(STREAMS));
    }

    private SoakGraph graph(Random random) {
        built.increment();
        List<Stream> used = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            used.add(stream(random));
        }
        return SoakGraph.of(random.nextLong(), used);
    }

    private final class Worker {
        private final Random random;
        private final Thread thread;
        private volatile @Nullable Object doing;

        Worker(int number, Random random) {
            this.random = random;
            this.thread = (number % 2 == 0 ? Thread.ofPlatform().daemon() : Thread.ofVirtual()).name("soak-" + number)
                    .unstarted(this::work);
        }

        private void work() {
            try {
                while (!over) {
                    act(graphs.get(random.nextInt(GRAPHS)));
                    actions.increment();
                }
            } catch (Throwable failure) {
                failures.add(failure);
            }
        }

        private void act(SoakGraph graph) {
            doing = graph;
            switch (random.nextInt(20)) {
                case 0, 1 -> replace();
                case 2, 3, 4, 5 -> eval(graph);
                case 6, 7, 8, 9 -> evalAsync(graph);
                case 10, 11, 12 -> count(graph.check(SoakGraph.negated(graph.pick(random), stream(random))));
                case 13 -> release(graph);
                case 14 -> {
                    if (random.nextInt(50) == 0) {
                        Stream old = streams.set(random.nextInt(STREAMS), Toys.stream());
                        old.close();
                        closed.increment();
                    }
                }
                default -> count(graph.check(graph.pick(random)));
            }
        }

        private void count(End end) {
            ends.get(end).increment();
            evaluated.increment();
            if (end == End.CANCELLED) {
                Thread.interrupted(); // noted; the next wait is a new one
            }
        }

        private void replace() {
            try {
                graphs.set(random.nextInt(GRAPHS), graph(random));
            } catch (RuntimeException failure) {
                SoakGraph any = graphs.get(0);
                count(any.end(failure, List.of()));
            }
        }

        private List<Output> some(SoakGraph graph) {
            List<Output> some = new ArrayList<>();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                some.add(graph.pick(random));
            }
            return some;
        }

        private void eval(SoakGraph graph) {
            List<Output> some = some(graph);
            try {
                Evaluator.eval(some.stream().map(Output::node).toList());
                some.forEach(output -> count(graph.check(output)));
            } catch (RuntimeException failure) {
                count(graph.end(failure, some));
            }
        }

        private void evalAsync(SoakGraph graph) {
            List<Output> some = some(graph);
            CompletableFuture<?> all = Evaluator.evalAsync(some.stream().map(Output::node).toList());
            if (random.nextBoolean()) {
                return; // whoever reads them sees how it ended
            }
            try {
                all.join();
                some.forEach(output -> count(graph.check(output)));
            } catch (RuntimeException failure) {
                count(graph.end(failure, some));
            }
        }

        /** What is built in a scope is gone behind it, and what it was built on is not. */
        private void release(SoakGraph graph) {
            Output below = graph.pick(random);
            Output above;
            try (NodeScope scope = NodeScope.open()) {
                above = SoakGraph.negated(below, stream(random));
                if (random.nextBoolean()) {
                    count(graph.check(above));
                } else {
                    Toys.start(above.node());
                }
            }
            count(graph.check(below));
            if (!(above.node().state() instanceof Node.Failed)) {
                try {
                    Toys.values(above.node());
                    throw new AssertionError("A released value was there.");
                } catch (IllegalStateException released) {
                    if (!released.getMessage().contains("was released")) {
                        throw released;
                    }
                }
            }
        }
    }
}
