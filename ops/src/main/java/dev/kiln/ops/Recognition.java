package dev.kiln.ops;

import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Facts;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.RewriteRule;
import dev.kiln.graph.Storage;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Recognises what was written by hand before it is differentiated, so that its gradient is that of the fused primitive. Plans
 * recognise by themselves, but by then a gradient would already be in pieces.
 */
final class Recognition {

    private static final List<RewriteRule> RULES = List.of(new RmsNormRule(), new NormWeightRule(), new NormCastRule());

    /** The numbers that stand in the program; what a derivative may be taken by is none. */
    private static final Facts FACTS = node -> {
        if (node.isTraced()) {
            return OptionalDouble.empty();
        }
        Node base = node;
        while (base.primitive() instanceof Primitive.View) {
            base = base.inputs().getFirst();
        }
        return base.isReady() && Evaluator.read(base) instanceof Storage.Scalar scalar
                ? OptionalDouble.of(scalar.value(base.dtype()))
                : OptionalDouble.empty();
    };

    private Recognition() {}

    /** {@code outputs}, rebuilt behind whatever was recognised on the way from {@code sources}. */
    static List<Node> of(Collection<Node> sources, List<Node> outputs) {
        Map<Node, Node> rewritten = new IdentityHashMap<>();
        for (Ancestry.Step step : Ancestry.between(sources, outputs)) {
            if (step.node().isReady()) {
                continue; // its value is worth more
            }
            boolean changed = step.inputs().stream().anyMatch(rewritten::containsKey);
            Node node = !changed
                    ? step.node()
                    : Node.of(step.primitive(),
                            step.inputs().stream().map(input -> rewritten.getOrDefault(input, input)).toList(),
                            step.node().stream());
            Node found = recognise(node);
            if (changed || found != node) {
                rewritten.put(step.node(), found);
            }
        }
        return outputs.stream().map(output -> rewritten.getOrDefault(output, output)).toList();
    }

    private static Node recognise(Node start) {
        Node node = start;
        while (true) {
            Node current = node;
            Optional<Node> next = RULES.stream().flatMap(rule -> rule.rewrite(current, FACTS).stream()).findFirst();
            if (next.isEmpty()) {
                return node;
            }
            node = next.get();
        }
    }
}
