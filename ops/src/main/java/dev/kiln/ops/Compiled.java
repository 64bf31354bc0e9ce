package dev.kiln.ops;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.util.concurrent.ExecutionError;
import com.google.common.util.concurrent.UncheckedExecutionException;
import dev.kiln.graph.Spec;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A function that is traced once for each structure of its argument, shapes, dtypes and whatever is not an array, and whose
 * later calls build one node however much it does. Any thread may call it; all share what was traced, of which the 64 used last
 * are kept. Each trace is logged to {@code dev.kiln.compile} at level DEBUG, with the reason.
 *
 * <p>
 * Under another transform the function is called as it is, and becomes part of what that does.
 */
public final class Compiled<P, R> implements Function<P, R> {

    private static final Logger LOGGER = System.getLogger("dev.kiln.compile");
    private static final int MOST = 64;

    private record Key(Tree.Structure argument, Tree.Structure captured, List<Spec> specs) {}

    private final Function<P, R> function;
    private final Supplier<?> captures;
    private final Cache<Key, Compilation<R>> known = CacheBuilder.newBuilder().maximumSize(MOST).build();
    private final AtomicInteger traces = new AtomicInteger();
    private final AtomicReference<@Nullable Key> last = new AtomicReference<>();
    private volatile String reason = "never traced";

    Compiled(Function<P, R> function, Supplier<?> captures) {
        this.function = function;
        this.captures = captures;
    }

    /** How often the function was traced. */
    public int traces() {
        return traces.get();
    }

    /** Why it was traced the last time. */
    public String reason() {
        return reason;
    }

    /** The function of {@code argument}: lazy, like any other. */
    @Override
    public R apply(P argument) {
        Tree<P> inputs = Tree.of(Operands.require("compile", "argument", argument));
        Tree<?> captured = Tree.of(captures.get());
        List<Array> arrays = new ArrayList<>(inputs.leaves());
        arrays.addAll(captured.leaves());
        if (Tracing.isRunning() || arrays.stream().anyMatch(array -> array.node().isTraced())) {
            return function.apply(argument);
        }
        Key key = new Key(inputs.structure(), captured.structure(),
                arrays.stream().map(array -> array.node().spec()).toList());
        return compilation(key, inputs, captured.leaves()).on(arrays);
    }

    private Compilation<R> compilation(Key key, Tree<P> inputs, List<Array> captured) {
        Compilation<R> there = known.getIfPresent(key);
        if (there != null) {
            return there;
        }
        try {
            return known.get(key, () -> {
                note(key);
                return Compilation.of(function, inputs, captured);
            });
        } catch (ExecutionException | UncheckedExecutionException | ExecutionError thrown) {
            if (thrown.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (thrown.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException("[compile] The function threw " + thrown.getCause(), thrown);
        }
    }

    private void note(Key key) {
        traces.incrementAndGet();
        Key before = last.getAndSet(key);
        reason = before == null ? "first call" : difference(before, key);
        LOGGER.log(Level.DEBUG, "Tracing {0}: {1}", function, reason);
    }

    private static String difference(Key before, Key now) {
        if (!before.argument.equals(now.argument) || !before.captured.equals(now.captured)) {
            return "what stands around the arrays is " + now.argument + ", not " + before.argument
                    + "; pass numbers that change as arrays, with Array.scalar";
        }
        for (int i = 0; i < now.specs.size(); i++) {
            if (!now.specs.get(i).equals(before.specs.get(i))) {
                return "array " + i + " is " + now.specs.get(i) + ", not " + before.specs.get(i);
            }
        }
        return "it was evicted: more than " + MOST + " structures are in use";
    }
}
