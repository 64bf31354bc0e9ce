package dev.kiln.graph;

import dev.kiln.streams.Event;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The right of one evaluation, and no other, to bring some nodes to their values. It is got for all of them or for none, so
 * an evaluation never waits for another while it holds something; whoever meets a claimed node waits until the claim is
 * settled, which takes no longer than binding a plan to memory.
 */
final class Claim {

    private static final int[] ONLY = {0};

    private final List<Node> nodes;
    private final Node.@Nullable Claimed[] marks;
    private final Event settled = new Event();

    private Claim(List<Node> nodes) {
        this.nodes = nodes;
        this.marks = new Node.Claimed[nodes.size()];
    }

    /** Claims what {@code capture} wants; empty if another evaluation has come first for any of it. */
    static Optional<Claim> of(Capture capture) {
        Claim claim = new Claim(capture.wanted);
        boolean made = false;
        try {
            made = claim.make(capture);
        } finally {
            if (!made) {
                claim.undo();
            }
        }
        return made ? Optional.of(claim) : Optional.empty();
    }

    private boolean make(Capture capture) {
        for (int i : order()) {
            Node.Claimed mark = new Node.Claimed(capture.unfinished(i), settled);
            if (!nodes.get(i).move(mark.lazy(), mark)) {
                return false;
            }
            marks[i] = mark;
        }
        return true;
    }

    /**
     * All claims are made in one order, so that of two that overlap one gets through; nodes that two threads made at the same
     * moment may share an identity, and then the JVM's decides.
     */
    private int[] order() {
        return marks.length == 1
                ? ONLY
                : IntStream.range(0, marks.length).boxed()
                        .sorted(Comparator.<Integer>comparingInt(i -> nodes.get(i).identity())
                                .thenComparingInt(i -> System.identityHashCode(nodes.get(i))))
                        .mapToInt(i -> i).toArray();
    }

    /** Tells that the nodes are being computed: {@code running} has an entry for each. */
    void begin(Node.Running[] running) {
        for (int i = 0; i < marks.length; i++) {
            nodes.get(i).move(Objects.requireNonNull(marks[i]), running[i]);
        }
        settled.complete();
    }

    /** Gives the nodes back as they were. */
    void undo() {
        for (int i = 0; i < marks.length; i++) {
            Node.Claimed mark = marks[i];
            if (mark != null) {
                nodes.get(i).move(mark, mark.lazy());
            }
        }
        settled.complete();
    }
}
