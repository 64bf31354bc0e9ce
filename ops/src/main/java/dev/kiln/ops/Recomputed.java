package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Spec;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The gradient of a function from its arguments alone, computed when the cotangents are there and not before. */
final class Recomputed {

    private Recomputed() {}

    /**
     * The cotangents of {@code primals}. They are worked out on placeholders first: the function's own result, which nobody
     * needs, must not count as a use of what it was computed from.
     */
    static <P, R> P vjp(Function<P, R> function, P primals, R cotangents) {
        Tree<P> arguments = Tree.of(primals);
        Tree<R> later = Tree.of(cotangents);
        int count = arguments.leaves().size();
        List<Spec> specs = new ArrayList<>();
        arguments.leaves().forEach(leaf -> specs.add(leaf.node().spec()));
        later.leaves().forEach(leaf -> specs.add(leaf.node().spec()));
        Traced traced = Traced.of(specs, Stream.defaultStream(), inputs -> {
            List<Array> arrays = inputs.stream().map(Array::new).toList();
            P pulled = Transforms.vjp(function, arguments.with(arrays.subList(0, count)),
                    later.with(arrays.subList(count, arrays.size()))).cotangents();
            return Tree.of(pulled).leaves().stream().map(Array::node).toList();
        });
        List<Node> inputs = new ArrayList<>();
        arguments.leaves().forEach(leaf -> inputs.add(Depends.of(leaf, later.leaves()).node()));
        later.leaves().forEach(leaf -> inputs.add(leaf.node()));
        return arguments.with(traced.on(inputs).stream().map(Array::new).toList());
    }
}
