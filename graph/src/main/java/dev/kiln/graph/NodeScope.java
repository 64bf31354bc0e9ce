package dev.kiln.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that one thread makes between {@link #open} and {@link #close}, which releases them: their memory comes back then,
 * and not when the collector finds them.
 */
public final class NodeScope implements AutoCloseable {

    private final Thread owner = Thread.currentThread();
    private final @Nullable NodeScope outer;
    private final List<Node> nodes = new ArrayList<>();
    /** Most scopes keep little or nothing. */
    private Set<Node> kept = Set.of();
    private boolean closed;

    private NodeScope(@Nullable NodeScope outer) {
        this.outer = outer;
    }

    /** Opens a scope for the calling thread, inside of the one that is open, if any. */
    public static NodeScope open() {
        NodeScope scope = new NodeScope(Births.scope());
        Births.scope(scope);
        Births.watch(1);
        return scope;
    }

    void add(Node node) {
        nodes.add(node);
    }

    /** Hands an evaluated node to the outer scope, or to nobody if there is none. */
    public void keep(Node node) {
        requireOpenHere();
        hold(node);
    }

    private void hold(Node node) {
        if (kept.isEmpty()) {
            kept = new HashSet<>();
        }
        kept.add(node);
    }

    /** Keeps what a transform that is running may walk, and read, when its function has returned. */
    private void keepTraced() {
        for (int i = nodes.size() - 1; i >= 0; i--) { // inputs were made before what is computed from them
            Node node = nodes.get(i);
            if (node.isTraced() || kept.contains(node)) {
                hold(node);
                node.inputs().forEach(this::hold);
            }
        }
    }

    /**
     * Releases what was made since {@link #open} and not kept. Using such a node afterwards throws. What descends from a tracer
     * of a {@link Tape} that is open is kept, with what it is computed from. Closing again does nothing.
     *
     * @throws IllegalStateException if this is another thread than the one that opened the scope, or a scope opened later is
     *     still open
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        requireOpenHere();
        closed = true;
        Births.scope(outer);
        Births.watch(-1);
        keepTraced();
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            if (!kept.contains(node)) {
                node.release();
            } else if (outer != null) {
                outer.add(node);
            }
        }
        nodes.clear();
        kept = Set.of();
    }

    @SuppressWarnings("ReferenceEquality") // scopes are what they are
    private void requireOpenHere() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("A scope belongs to the thread that opened it, " + name(owner)
                    + ", but this is " + name(Thread.currentThread()) + ".");
        }
        if (closed || Births.scope() != this) {
            throw new IllegalStateException(closed
                    ? "This scope is closed: keep arrays before the brace."
                    : "A scope that was opened later is still open: close scopes in the reverse order, as try does.");
        }
    }

    /** Virtual threads need not have a name. */
    private static String name(Thread thread) {
        return thread.getName().isEmpty() ? "thread " + thread.threadId() : thread.getName();
    }
}
