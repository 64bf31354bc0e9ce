package dev.kiln.graph;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The values in memory that are large enough to matter when memory is short: whom to name, and what can be given up because it
 * can be computed again. Nothing here keeps a value or what it was computed from.
 */
final class Residents {

    /** Knowing a value costs as much as computing some thousand elements. */
    private static final long LARGE = 64 << 10;
    private static final int NAMED = 5;

    private static final Set<Resident> ALL = ConcurrentHashMap.newKeySet();
    private static final ReferenceQueue<Node> GONE = new ReferenceQueue<>();

    private Residents() {}

    /** A value, and how it came to be if it is an intermediate. */
    private static final class Resident extends WeakReference<Node> {
        final String operation;
        final @Nullable Primitive primitive;
        final List<WeakReference<Node>> inputs;

        Resident(Node node, String operation, @Nullable Primitive primitive, List<Node> inputs) {
            super(node, GONE);
            this.operation = operation;
            this.primitive = primitive;
            this.inputs = inputs.stream().map(WeakReference::new).toList();
        }

        /** What would compute {@code value}, which is this one's, again; null if that cannot be done, or not any more. */
        private Node.@Nullable Lazy recipe(Node value) {
            if (primitive == null || value.stream().isClosed()) {
                return null;
            }
            List<Node> alive = new ArrayList<>();
            for (WeakReference<Node> input : inputs) {
                Node node = input.get();
                if (node == null || node.state() instanceof Node.Released || node.state() instanceof Node.Failed) {
                    return null;
                }
                alive.add(node);
            }
            return new Node.Lazy(primitive, List.copyOf(alive));
        }

        /** Turns the value back into what is to be computed, if that can be done. */
        boolean drop() {
            Node node = get();
            Node.Lazy recipe = node == null ? null : recipe(node);
            if (node == null || recipe == null || !(node.state() instanceof Node.Ready ready)
                    || !node.move(ready, recipe)) {
                return false;
            }
            ready.storage().drop();
            return true;
        }
    }

    /** The values of one kind from one place, which are told in one piece. */
    private record Kind(Spec spec, String operation, @Nullable Origin origin) {}

    /** Notes a value that was brought from outside. */
    static void add(Node node, Storage storage) {
        if (bytes(storage) >= LARGE) {
            add(new Resident(node, "data", null, List.of()));
        }
    }

    /** Notes a value that was computed because the program asked for it. */
    static void addResult(Node node, Storage storage, Node.Lazy made) {
        if (bytes(storage) >= LARGE) {
            add(new Resident(node, made.primitive().name(), null, List.of()));
        }
    }

    /** Notes a value that was kept on the way to something else: it may be dropped, and computed again when it is needed. */
    static void addIntermediate(Node node, Storage storage, Node.Lazy made) {
        if (bytes(storage) >= LARGE) {
            add(new Resident(node, made.primitive().name(), made.primitive(), made.inputs()));
        }
    }

    private static void add(Resident resident) {
        for (Object gone = GONE.poll(); gone != null; gone = GONE.poll()) {
            ALL.remove(gone);
        }
        ALL.add(resident);
    }

    private static long bytes(Storage storage) {
        return storage instanceof Storage.Held(Buffer buffer, Layout layout) ? buffer.size() : 0;
    }

    /** Turns intermediates back into what is to be computed, one by one until that is {@code enough}. */
    static void drop(BooleanSupplier enough) {
        ALL.removeIf(resident -> !enough.getAsBoolean() && resident.drop());
    }

    /** The kinds of values that take the most bytes, the largest first; empty if there are none. */
    static String largest() {
        Map<Kind, Long> bytes = new HashMap<>();
        Map<Kind, Integer> counts = new HashMap<>();
        Set<Buffer> seen = new HashSet<>();
        for (Resident resident : ALL) {
            Node node = resident.get();
            if (node != null && node.state() instanceof Node.Ready(Storage.Held(Buffer buffer, Layout layout))
                    && seen.add(buffer)) {
                Kind kind = new Kind(node.spec(), resident.operation, node.origin());
                bytes.merge(kind, buffer.size(), Long::sum);
                counts.merge(kind, 1, Integer::sum);
            }
        }
        return bytes.entrySet().stream().sorted(Map.Entry.<Kind, Long>comparingByValue(Comparator.reverseOrder()))
                .limit(NAMED)
                .map(entry -> counts.get(entry.getKey()) + " × " + entry.getKey().spec() + " from "
                        + entry.getKey().operation()
                        + (entry.getKey().origin() instanceof Origin.Line(String text) ? " at " + text : "") + ": "
                        + entry.getValue() + " bytes")
                .collect(Collectors.joining("; "));
    }
}
