package dev.kiln.graph;

import dev.kiln.streams.Event;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Brings lazy nodes to their values. */
public final class Evaluator {

    private static final Object ENQUEUING = new Object();

    private Evaluator() {}

    /**
     * Computes {@code nodes} and returns when all are there. Values that are there already cost nothing.
     *
     * @throws RuntimeException that the computation of one of them ended with, the same each time it is asked for
     */
    public static void eval(List<Node> nodes) {
        start(nodes, Plans::of, true);
        for (Node node : nodes) {
            await(node);
        }
    }

    /**
     * Starts computing {@code nodes} and returns at once; the streams go on by themselves.
     *
     * @return completes when all are there, or with the first failure found. No thread waits for that; what is chained to
     *         the future runs on a virtual thread, so it may block without holding up a stream
     */
    public static CompletableFuture<@Nullable Void> evalAsync(List<Node> nodes) {
        start(nodes, Plans::of, false);
        CompletableFuture<@Nullable Void> all = new CompletableFuture<>();
        AtomicInteger left = new AtomicInteger(nodes.size() + 1);
        Runnable one = () -> {
            if (left.decrementAndGet() == 0) {
                Thread.startVirtualThread(() -> complete(all, nodes));
            }
        };
        for (Node node : nodes) {
            if (node.state() instanceof Node.Running(Event done, Storage storage)) {
                done.onDone(one);
            } else {
                one.run();
            }
        }
        one.run();
        return all;
    }

    private static void complete(CompletableFuture<@Nullable Void> all, List<Node> nodes) {
        for (Node node : nodes) {
            if (node.state() instanceof Node.Failed(Throwable failure)) {
                all.completeExceptionally(failure);
            }
        }
        all.complete(null);
    }

    /** The value of a node, computed now if it is not there. */
    public static Storage read(Node node) {
        if (node.state() instanceof Node.Ready(Storage storage)) {
            return storage;
        }
        eval(List.of(node));
        return switch (node.state()) {
            case Node.Ready(Storage storage) -> storage;
            case Node.Failed(Throwable failure) -> throw Failures.again(failure);
            case Node.Lazy lazy -> throw new IllegalStateException("An evaluated node is still lazy.");
            case Node.Claimed claimed -> throw new IllegalStateException("An evaluated node is still claimed.");
            case Node.Running running -> throw new IllegalStateException("An evaluated node is still running.");
        };
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
        start(nodes, Plan::unfused, true);
        nodes.forEach(Evaluator::await);
    }

    private static void start(List<Node> nodes, Function<Capture, Plan> planner, boolean here) {
        while (true) {
            Capture capture = Capture.of(nodes);
            if (capture.wanted.isEmpty()) {
                return;
            }
            Plan plan = planner.apply(capture);
            Optional<Claim> claim = Claim.of(capture);
            if (claim.isPresent()) {
                capture.markPassed();
                run(bind(plan, capture, claim.get()), claim.get(), capture, here);
                return;
            }
        }
    }

    private static Run bind(Plan plan, Capture capture, Claim claim) {
        try {
            return new Run(plan, capture);
        } catch (Throwable refused) { // no memory: nothing has begun, and the nodes can be evaluated later
            claim.undo();
            throw refused;
        }
    }

    /**
     * Brings the work to its streams. Others may wait for the claimed nodes once they are begun, so by then the work must
     * be on its streams, in front of what those others bring; and the parts of two evaluations must be in the same order
     * on all streams they share, or each could wait for the other.
     */
    private static void run(Run run, Claim claim, Capture capture, boolean here) {
        Runnable now = () -> {
            claim.begin(run.running());
            run.here();
        };
        if (here && capture.streams.size() == 1 && !capture.isPending()
                && capture.streams.getFirst().runIfIdle(now)) {
            return;
        }
        synchronized (ENQUEUING) {
            claim.begin(run.running());
            for (int i = 0; i < capture.streams.size(); i++) {
                capture.awaitLeaves(capture.streams.get(i));
                run.submit(i);
            }
        }
    }

    private static void await(Node node) {
        if (node.state() instanceof Node.Running(Event done, Storage storage)) {
            done.await();
        }
        if (node.state() instanceof Node.Failed(Throwable failure)) {
            throw Failures.again(failure);
        }
    }
}
