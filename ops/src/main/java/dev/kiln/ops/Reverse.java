package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.ops.Ancestry.Step;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reverse-mode differentiation: cotangents go from outputs to the sources that these were computed from, each node giving
 * its inputs theirs once its own is complete.
 */
final class Reverse {

    private final Map<Node, Array> cotangents = new IdentityHashMap<>();
    private final Set<Node> descendants;
    /** By call, the steps to its results that are still to come, and the cotangents that are there. */
    private final Map<Object, Results> calls = new HashMap<>();

    private static final class Results {
        int left;
        final Map<Integer, Array> cotangents = new TreeMap<>();
    }

    private Reverse(List<Step> steps) {
        descendants = Ancestry.set(steps.stream().map(Step::node).toList());
        for (Step step : steps) {
            Object call = call(step);
            if (call != null) {
                calls.computeIfAbsent(call, _ -> new Results()).left++;
            }
        }
    }

    private static @Nullable Object call(Step step) {
        return step.primitive() instanceof Differentiable.Joint joint ? joint.call(step.inputs()) : null;
    }

    /**
     * The cotangents of {@code sources}, given those of {@code outputs}.
     *
     * @return an entry for each source; null if no output depends smoothly on it
     */
    static List<@Nullable Array> pull(List<Node> sources, List<Node> outputs, List<Array> cotangents) {
        List<Step> steps = Ancestry.between(sources, outputs);
        Reverse reverse = new Reverse(steps);
        reverse.descendants.addAll(sources);
        for (int i = 0; i < outputs.size(); i++) {
            reverse.add(outputs.get(i), cotangents.get(i));
        }
        steps.reversed().forEach(reverse::pull);
        return Arrays.asList(sources.stream().map(reverse.cotangents::get).toArray(Array[]::new));
    }

    private void pull(Step step) {
        Array cotangent = cotangents.remove(step.node());
        Object call = call(step);
        if (call != null) {
            pull(step, call, cotangent);
        } else if (cotangent != null) {
            pull(step, wanted -> Rules.vjps(step, wanted, cotangent));
        }
    }

    /** Waits for the first of a call's results, in the graph's order: what depends on any of them has been there by then. */
    private void pull(Step step, Object call, @Nullable Array cotangent) {
        Results results = Objects.requireNonNull(calls.get(call));
        Differentiable.Joint joint = (Differentiable.Joint) step.primitive();
        if (cotangent != null) {
            results.cotangents.merge(joint.result(), cotangent, Array::add);
        }
        if (--results.left == 0 && !results.cotangents.isEmpty()) {
            pull(step, wanted -> Rules.on(step.node().stream(),
                    () -> joint.vjps(wanted, step.primals(), results.cotangents)));
        }
    }

    private void pull(Step step, Function<Set<Integer>, List<@Nullable Array>> rule) {
        Set<Integer> wanted = step.among(descendants).stream().filter(i -> isSmooth(step.inputs().get(i).dtype()))
                .collect(Collectors.toSet());
        if (wanted.isEmpty()) {
            return;
        }
        List<@Nullable Array> pulled = rule.apply(wanted);
        for (int i : wanted) {
            Array part = pulled.get(i);
            if (part != null) {
                Node input = step.inputs().get(i);
                if (!part.node().spec().equals(input.spec())) {
                    throw new IllegalStateException(
                            "[" + step.primitive().name() + "] The cotangent of input " + i + ", "
                                    + input.spec() + ", came out as " + part.node().spec() + ".");
                }
                add(input, part);
            }
        }
    }

    private void add(Node node, Array cotangent) {
        if (descendants.contains(node)) {
            cotangents.merge(node, cotangent, (a, b) -> a.add(b, node.stream()));
        }
    }

    /** Whether numbers of this type change by little. */
    static boolean isSmooth(DType dtype) {
        return !dtype.isIntegral();
    }
}
