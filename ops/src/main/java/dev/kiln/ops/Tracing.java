package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Tape;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A function that is being traced for compilation, on the thread that does it: what it makes of nothing is its own, and
 * random keys are placeholders that each call fills.
 */
final class Tracing implements AutoCloseable {

    private static final ScopedValue<Tracing> CURRENT = ScopedValue.newInstance();

    private final Tape trace = new Tape();
    private final Set<Node> made = Ancestry.set(List.of());
    private final List<Node> keys = new ArrayList<>();

    /** Whether the calling thread traces a function. */
    static boolean isRunning() {
        return CURRENT.isBound();
    }

    /** Notes that {@code leaf} was made by the function that is being traced, if there is one. */
    static void made(Node leaf) {
        if (CURRENT.isBound()) {
            CURRENT.get().made.add(leaf);
        }
    }

    /** A placeholder for a random key. */
    static Array keyOfEachCall(Spec key) {
        Node placeholder = CURRENT.get().placeholder(key);
        CURRENT.get().keys.add(placeholder);
        return new Array(placeholder);
    }

    Node placeholder(Spec spec) {
        return trace.tracer(new Placeholder(spec), Stream.defaultStream());
    }

    <R> R call(Supplier<R> function) {
        return ScopedValue.where(CURRENT, this).call(function::get);
    }

    /** The placeholders for random keys, in the order in which calls are to draw them. */
    List<Node> keys() {
        return keys;
    }

    /** Whether the function has made this value, rather than found it somewhere. */
    boolean hasMade(Node leaf) {
        return made.contains(leaf);
    }

    @Override
    public void close() {
        trace.close();
    }
}
