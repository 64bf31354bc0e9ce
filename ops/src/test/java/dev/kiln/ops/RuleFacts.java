package dev.kiln.ops;

import dev.kiln.graph.Evaluator;
import dev.kiln.graph.Facts;
import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.RewriteRule;
import dev.kiln.graph.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What rules are told about scalars while a test tries them on a graph that was not captured; remembers the questions. */
final class RuleFacts implements Facts {

    final List<Node> asked = new ArrayList<>();

    @Override
    public OptionalDouble scalar(Node node) {
        asked.add(node);
        Node base = node;
        while (base.primitive() instanceof Primitive.View) {
            base = base.inputs().getFirst();
        }
        return base.isReady() && Evaluator.read(base) instanceof Storage.Scalar scalar
                ? OptionalDouble.of(scalar.value(base.dtype()))
                : OptionalDouble.empty();
    }

    static Optional<Node> rewrite(RewriteRule rule, Array array) {
        return rule.rewrite(array.node(), new RuleFacts());
    }
}
