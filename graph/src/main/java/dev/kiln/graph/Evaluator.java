package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Brings lazy nodes to their values. */
public final class Evaluator {

    /** What the thread that asks for values does while they are computed. */
    private enum Caller {
        /** It has nothing else to do, so it may as well run the work. */
        WAITS {
            @Override
            Backlog.Place place(Plan plan, Capture capture) {
                return Backlog.Place.NONE;
            }

            @Override
            boolean hasRun(Run run, Claim claim, Capture capture) {
                return capture.streams.size() == 1 && !capture.isPending()
                        && capture.streams.getFirst().runIfIdle(() -> {
                            run.begin(claim);
                            run.here();
                        });
            }
        },

        GOES_ON {
            @Override
            Backlog.Place place(Plan plan, Capture capture) {
                return Backlog.enter(plan, capture.streams.getFirst());
            }

            @Override
            boolean hasRun(Run run, Claim claim, Capture capture) {
                return false;
            }
        };

        /** Its place in the backlog, once there is room. */
        abstract Backlog.Place place(Plan plan, Capture capture);

        /** Whether it has run the work; if not, the streams will. */
        abstract boolean hasRun(Run run, Claim claim, Capture capture);
    }

    private Evaluator() {}

    /**
     * Computes {@code nodes} and returns when all are there. Values that are there already cost nothing.
     *
     * @throws RuntimeException that the computation of one of them ended with, the same each time it is asked for
     */
    public static void eval(List<Node> nodes) {
        start(nodes, Plans::of, Caller.WAITS);
        for (Node node : nodes) {
            await(node);
        }
    }

    /**
     * Starts computing {@code nodes} and returns at once, or as soon as {@link Backlog} has room; the streams go on by
     * themselves.
     *
     * @return completes when all are there, or with the first failure found, be it that nothing could be started. No thread
     *         waits for that; what is chained to the future runs on a virtual thread, so it may block without holding up a
     *         stream
     */
    public static CompletableFuture<@Nullable Void> evalAsync(List<Node> nodes) {
        try {
            start(nodes, Plans::of, Caller.GOES_ON);
        } catch (RuntimeException | Error refused) {
            return CompletableFuture.failedFuture(refused);
        }
        CompletableFuture<@Nullable Void> all = new CompletableFuture<>();
        AtomicInteger left = new AtomicInteger(nodes.size() + 1);
        Runnable one = () -> {
            if (left.decrementAndGet() == 0) {
                Thread.startVirtualThread(() -> complete(all, nodes));
            }
        };
        for (Node node : nodes) {
            if (node.state() instanceof Node.Running running) {
                running.done().onDone(one);
            } else {
                one.run();
            }
        }
        one.run();
        return all;
    }

    private static void complete(CompletableFuture<@Nullable Void> all, List<Node> nodes) {
        for (Node node : nodes) {
            switch (node.state()) {
                case Node.Failed(Throwable failure) -> all.completeExceptionally(failure);
                case Node.Released released -> all.completeExceptionally(node.released());
                case Node.Ready ready -> {
                }
                // dropped again because memory is short: reading computes it
                case Node.Lazy lazy -> {
                }
                case Node.Claimed claimed -> {
                }
                case Node.Running running -> {
                }
            }
        }
        all.complete(null);
    }

    /**
     * The value of a node, computed now if it is not there.
     *
     * @return held; the caller drops it
     */
    public static Storage read(Node node) {
        while (true) {
            if (node.state() instanceof Node.Ready(Storage storage)) {
                if (storage.hold()) {
                    return storage;
                }
                if (storage instanceof Storage.Held(Buffer buffer, Layout layout) && buffer.isTaken()) {
                    throw node.released();
                }
            }
            eval(List.of(node));
        }
    }

    /** The schedule that {@link #eval} would run for {@code nodes}; empty if all are there. */
    public static Optional<Schedule> schedule(List<Node> nodes) {
        return explain(nodes).map(Explanation::schedule);
    }

    /** What {@link #eval} would do for {@code nodes}; empty if all are there. */
    public static Optional<Explanation> explain(List<Node> nodes) {
        Capture capture = Capture.of(nodes);
        return capture.wanted.isEmpty()
                ? Optional.empty()
                : Optional.of(new Explanation(Plans.of(capture).schedule(), capture.streams));
    }

    /**
     * Computes {@code nodes} one primitive at a time, without recognition, fusion or cache: what fused results are compared
     * with.
     */
    public static void evalUnfused(List<Node> nodes) {
        start(nodes, Plan::unfused, Caller.WAITS);
        nodes.forEach(Evaluator::await);
    }

    private static void start(List<Node> nodes, Function<Capture, Plan> planner, Caller caller) {
        while (true) {
            Capture capture = Capture.of(nodes);
            if (capture.wanted.isEmpty()) {
                capture.end();
                return;
            }
            for (int i = 0; i < capture.streams.size(); i++) {
                Stream _ = capture.streams.get(i).stream(); // refuses a closed one
            }
            Plan plan = planner.apply(capture);
            Backlog.Place place = caller.place(plan, capture);
            boolean begun = false;
            try {
                begun = begin(plan, capture, place, caller);
            } finally {
                if (!begun) {
                    place.leave();
                }
            }
            if (begun) {
                return;
            }
        }
    }

    /** False if another evaluation, or whoever has given an input up, was first: then the graph is not what it was. */
    private static boolean begin(Plan plan, Capture capture, Backlog.Place place, Caller caller) {
        Optional<Claim> claim = Claim.of(capture);
        if (claim.isEmpty()) {
            return false;
        }
        Optional<Run> run = Optional.empty();
        boolean begun = false;
        try {
            run = Run.of(plan, capture, place);
            if (run.isPresent()) {
                capture.begun();
                toStreams(run.get(), claim.get(), capture, caller);
                begun = true;
            }
        } catch (Throwable cut) { // whatever it is, the stack's end included, nobody may wait for what does not come
            run.ifPresent(one -> one.abandon(cut));
            throw cut;
        } finally { // without memory nothing has begun, and the nodes can be evaluated later
            if (!begun) {
                claim.get().undo();
            }
        }
        return begun;
    }

    /**
     * Brings the work to its streams. Others may wait for the claimed nodes once they are begun, so by then the work must
     * be on its streams, in front of what those others bring.
     *
     * @throws IllegalStateException if a stream was closed a moment ago; nothing was appended
     */
    private static void toStreams(Run run, Claim claim, Capture capture, Caller caller) {
        if (!caller.hasRun(run, claim, capture)) {
            Stream.together(capture.streams, () -> {
                run.begin(claim);
                for (int i = 0; i < capture.streams.size(); i++) {
                    run.submit(i);
                }
            });
        }
    }

    private static void await(Node node) {
        if (node.state() instanceof Node.Running running) {
            running.done().await();
        }
        if (node.state() instanceof Node.Failed(Throwable failure)) {
            throw Failures.again(failure);
        }
        if (node.state() instanceof Node.Released) {
            throw node.released();
        }
    }
}
