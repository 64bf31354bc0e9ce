package dev.kiln.backends.cpu;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * Which operations there are, and their loops, which are made at first use.
 *
 * @param <O> the enum of operations
 * @param <L> the kind of loop
 */
public final class LoopTable<O extends Enum<O>, L> {
    private record Key<O>(O op, Arithmetic arithmetic) {}

    private final Map<Key<O>, Supplier<L>> rows = new HashMap<>();
    private final ConcurrentMap<Key<O>, L> made = new ConcurrentHashMap<>();

    /** An empty table. */
    public LoopTable() {}

    /** Adds a row or replaces it; only before the table is shared. */
    public void put(O op, Arithmetic arithmetic, Supplier<L> row) {
        rows.put(new Key<>(op, arithmetic), row);
    }

    /** Whether there is a row. */
    public boolean has(O op, Arithmetic arithmetic) {
        return rows.containsKey(new Key<>(op, arithmetic));
    }

    /**
     * The loop, the same one each time.
     *
     * @throws IllegalArgumentException if there is no row
     */
    public L get(O op, Arithmetic arithmetic) {
        Key<O> key = new Key<>(op, arithmetic);
        Supplier<L> row = rows.get(key);
        if (row == null) {
            throw new IllegalArgumentException("[" + op + "] has no CPU loop for " + arithmetic + " arguments");
        }
        return made.computeIfAbsent(key, absent -> row.get());
    }
}
