package dev.kiln.backends.cpu;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The loops of an implementation, each made when it is first asked for: a program uses few of them, and the classes of
 * all would take half a second.
 *
 * @param <O> the enum of operations
 * @param <L> the kind of loop
 */
public final class LoopTable<O extends Enum<O>, L> {
    /** Makes loops. */
    @FunctionalInterface
    public interface Rows<O, L> {
        /** The loop for an operation, or null if there is none. */
        @Nullable
        L make(O op, Arithmetic arithmetic);
    }

    private record Key<O>(O op, Arithmetic arithmetic) {}

    private final Rows<O, L> rows;
    private final ConcurrentMap<Key<O>, Optional<L>> made = new ConcurrentHashMap<>();

    /** The table of what {@code rows} makes. */
    public LoopTable(Rows<O, L> rows) {
        this.rows = rows;
    }

    /** The loop, the same one each time, if there is one. */
    public Optional<L> find(O op, Arithmetic arithmetic) {
        return made.computeIfAbsent(new Key<>(op, arithmetic),
                _ -> Optional.ofNullable(rows.make(op, arithmetic)));
    }
}
