package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A function transform that is running, a gradient for example. What descends from its tracers can be asked how it was made
 * even after it was computed, so that the program may evaluate inside of the function. When the tape is closed all of that
 * is forgotten, and computed values hold nothing of the graph that made them, as ever.
 */
public final class Tape implements AutoCloseable {

    private static final AtomicLong OPENED = new AtomicLong();

    private final long number = OPENED.getAndIncrement();
    private final Map<Node, Node.Lazy> made = new ConcurrentHashMap<>();
    private volatile boolean open = true;

    /** Opens a tape; the caller closes it. */
    public Tape() {}

    /** The result of {@code primitive} on one input, from which descends whatever is computed from it. */
    public Node tracer(Primitive primitive, Node input, Stream stream) {
        return Node.of(primitive, input, stream, this);
    }

    /** The value of {@code primitive}, which has no inputs: from it descends whatever is computed from it. */
    public Node tracer(Primitive primitive, Stream stream) {
        return Node.of(primitive, stream, this);
    }

    /** Forgets how computed nodes were made. */
    @Override
    public void close() {
        open = false;
        made.clear();
    }

    /** The tape that ends last: of two that are nested, the one that was opened first. Closed ones do not count. */
    static @Nullable Tape outer(@Nullable Tape a, @Nullable Tape b) {
        if (a == null || !a.open) {
            return b == null || !b.open ? null : b;
        }
        return b == null || !b.open || a.number < b.number ? a : b;
    }

    /** How {@code node} was made, if it was computed while this was open. */
    Node.@Nullable Lazy made(Node node) {
        return made.get(node);
    }

    /** Remembers how {@code node} was made. */
    void keep(Node node, Node.Lazy lazy) {
        if (open) {
            made.put(node, lazy);
            if (!open) { // closed meanwhile, perhaps after it was cleared
                made.clear();
            }
        }
    }
}
