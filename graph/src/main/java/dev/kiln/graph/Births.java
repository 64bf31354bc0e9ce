package dev.kiln.graph;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is noted of a node when a program makes it: the scope it belongs to, and the line that made it. As long as nobody has
 * opened a scope or asked for lines, that is one look at a number.
 */
final class Births {

    /** Open scopes, and one more while lines are captured. */
    private static final AtomicInteger WATCHERS = new AtomicInteger(CreationSite.isCaptured() ? 1 : 0);
    private static final ThreadLocal<@Nullable NodeScope> SCOPE = new ThreadLocal<>();
    private static final ThreadLocal<Boolean> PLANNING = ThreadLocal.withInitial(() -> false);

    private Births() {}

    static void watch(int more) {
        WATCHERS.addAndGet(more);
    }

    /** Called for every new node; null unless lines are captured. */
    static @Nullable Origin note(Node node) {
        return WATCHERS.get() == 0 || PLANNING.get() ? null : noteProgram(node);
    }

    private static @Nullable Origin noteProgram(Node node) {
        NodeScope scope = SCOPE.get();
        if (scope != null) {
            scope.add(node);
        }
        return CreationSite.isCaptured() ? CreationSite.caller() : null;
    }

    /** The calling thread's innermost scope. */
    static @Nullable NodeScope scope() {
        return SCOPE.get();
    }

    static void scope(@Nullable NodeScope scope) {
        SCOPE.set(scope);
    }

    /** Runs {@code plan}: the nodes that it makes are the evaluator's, not the program's. */
    static <T> T whilePlanning(Supplier<T> plan) {
        if (WATCHERS.get() == 0 || PLANNING.get()) {
            return plan.get();
        }
        PLANNING.set(true);
        try {
            return plan.get();
        } finally {
            PLANNING.set(false);
        }
    }
}
