package dev.kiln.ops;

import dev.kiln.graph.DType;
import dev.kiln.graph.Node;
import dev.kiln.ops.Ancestry.Step;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reverse-mode differentiation: cotangents go from outputs to the sources that these were computed from, each node giving
 * its inputs theirs once its own is complete.
 */
final class Reverse {

    private final Map<Node, Array> cotangents = new IdentityHashMap<>();
    private final Set<Node> descendants;

    private Reverse(Collection<Node> descendants) {
        this.descendants = Ancestry.set(descendants);
    }

    /**
     * The cotangents of {@code sources}, given those of {@code outputs}.
     *
     * @return an entry for each source; null if no output depends smoothly on it
     */
    static List<@Nullable Array> pull(List<Node> sources, List<Node> outputs, List<Array> cotangents) {
        List<Step> steps = Ancestry.between(sources, outputs);
        Reverse reverse = new Reverse(steps.stream().map(Step::node).toList());
        reverse.descendants.addAll(sources);
        for (int i = 0; i < outputs.size(); i++) {
            reverse.add(outputs.get(i), cotangents.get(i));
        }
        steps.reversed().forEach(reverse::pull);
        return Arrays.asList(sources.stream().map(reverse.cotangents::get).toArray(Array[]::new));
    }

    private void pull(Step step) {
        Array cotangent = cotangents.remove(step.node());
        if (cotangent == null) {
            return;
        }
        Set<Integer> wanted = step.among(descendants).stream().filter(i -> isSmooth(step.inputs().get(i).dtype()))
                .collect(Collectors.toSet());
        if (wanted.isEmpty()) {
            return;
        }
        List<@Nullable Array> pulled = Rules.vjps(step, wanted, cotangent);
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
