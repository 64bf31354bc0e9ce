package dev.kiln.ops;

import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Node;
import dev.kiln.graph.NodeScope;
import java.util.List;

/**
 * Gives memory back at a brace instead of when the collector finds it. Never needed; for loops over large arrays whose memory
 * should be flat to the byte.
 *
 * <pre>{@code
 * Array total;
 * try (Scope scope = Scope.open()) {
 *     Array y = x.multiply(2);      // belongs to the scope
 *     total = scope.keep(y.sum());  // outlives it
 * }                                 // y is released
 * }</pre>
 *
 * <p>
 * To a scope belong the arrays that its thread makes while it is the innermost one, evaluated or not. Using a released array
 * throws; its shape and dtype can still be asked for. Work under way that needs a released value ends first, and a segment of
 * {@link Array#asMemorySegment} keeps its memory, so nothing ever reads memory that is gone. In a function that is being
 * differentiated, arrays that depend on its arguments are kept, and what these are computed from: the gradient needs them.
 */
public final class Scope implements AutoCloseable {

    private final NodeScope nodes = NodeScope.open();

    private Scope() {}

    /** Opens a scope for the calling thread, inside of the one that is open, if any. */
    public static Scope open() {
        return new Scope();
    }

    /**
     * Evaluates {@code array}, since what it is computed from may be released, and moves it to the enclosing scope, or out of
     * scopes if there is none.
     *
     * @return {@code array}
     * @throws IllegalStateException if this scope is closed, not the innermost, or of another thread
     */
    public Array keep(Array array) {
        keep(new Array[] {array});
        return array;
    }

    /** Evaluates several arrays together and moves them out of this scope; see {@link #keep(Array)}. */
    public void keep(Array... arrays) {
        List<Node> kept = Ops.nodes("Scope.keep", arrays);
        Evaluator.eval(kept);
        kept.forEach(nodes::keep);
    }

    /**
     * Releases the arrays that belong to this scope and were not kept. Closing again does nothing.
     *
     * @throws IllegalStateException if this is another thread than the one that opened the scope, or a scope opened later is
     *     still open
     */
    @Override
    public void close() {
        nodes.close();
    }
}
