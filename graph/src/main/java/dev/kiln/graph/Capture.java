package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A graph as an evaluation found it: its structure, and what the structure leaves out. */
final class Capture {

    /** What the evaluation still needs to know of all nodes; null once it has begun. */
    private @Nullable Walk walk;
    /**
     * What the caller asked for, then the intermediates that are kept: those that an earlier evaluation came by, and those
     * that nodes outside of this graph build on, so that somebody else will come by.
     */
    final List<Node> wanted;
    private final Node.Lazy[] unfinished;
    /** How many of the wanted nodes the caller asked for. */
    final int asked;
    final List<Stream> streams;
    final List<Storage> leaves;
    /** By number of the leaf, the evaluations that were still computing it. */
    private final @Nullable Map<Integer, Node.Running> pending;
    /** By number, the leaves that are donated. */
    private final @Nullable Map<Integer, Node> donated;
    private final Structure structure;
    /** By number of the structure's node, if lines are known. */
    private @Nullable Origin @Nullable [] origins;

    Capture(Walk walk, List<Node> wanted, Node.Lazy[] unfinished, int asked, List<Stream> streams, List<Storage> leaves,
            @Nullable Map<Integer, Node.Running> pending, @Nullable Map<Integer, Node> donated, Structure structure) {
        this.walk = walk;
        this.wanted = wanted;
        this.unfinished = unfinished;
        this.asked = asked;
        this.streams = streams;
        this.leaves = leaves;
        this.pending = pending;
        this.donated = donated;
        this.structure = structure;
    }

    /**
     * Captures what is still to be computed for {@code outputs}.
     *
     * @throws RuntimeException that the computation of one of the nodes met has failed with
     */
    static Capture of(List<Node> outputs) {
        return Walk.to(outputs);
    }

    /** How the wanted node of this number was found. */
    Node.Lazy unfinished(int wanted) {
        return unfinished[wanted];
    }

    Structure structure() {
        return structure;
    }

    /** The graph for passes to work on: no node of the program's, and no value, is in it. */
    Graph graph() {
        return structure.graph(streams);
    }

    /** How the leaf of this number was being computed when it was found; null if it was there. */
    Node.@Nullable Running pending(int leaf) {
        return pending == null ? null : pending.get(leaf);
    }

    boolean isPending() {
        return pending != null;
    }

    /**
     * Refuses to read a donated leaf again.
     *
     * @throws IllegalStateException if a result is in its memory
     */
    void requireNotTaken(int leaf, Buffer buffer) {
        Node node = donated == null ? null : donated.get(leaf);
        if (node != null && buffer.isTaken()) {
            throw node.released();
        }
    }

    /** Gives the leaf of this number up if it was donated: a result is in its memory. */
    void releaseDonated(int leaf) {
        Node node = donated == null ? null : donated.get(leaf);
        if (node != null) {
            node.release();
        }
    }

    /**
     * The evaluation has begun. The intermediates are remembered as computed on the way: whoever comes here again keeps them.
     */
    void begun() {
        if (walk != null) {
            walk.markPassed();
            origins = walk.origins();
        }
        end();
    }

    /** Nobody will ask for more than this says by itself. */
    void end() {
        if (walk != null) {
            walk.end();
            walk = null;
        }
    }

    /** The line of the program that made the node of this number of the structure; empty if that is not known. */
    Optional<String> line(int number) {
        return origins != null && origins[number] instanceof Origin.Line(String text)
                ? Optional.of(text)
                : Optional.empty();
    }

    /** What is evaluated, for messages. */
    @Override
    public String toString() {
        Node first = wanted.getFirst();
        return "[" + unfinished[0].primitive().name() + "] " + first.spec() + " on " + first.stream()
                + (asked > 1 ? " and " + (asked - 1) + " more" : "")
                + (first.origin() instanceof Origin.Line(String text) ? " built at " + text : "");
    }
}
