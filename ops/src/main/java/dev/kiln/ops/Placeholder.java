package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.streams.Stream;
import java.util.List;
import java.util.Optional;

/** A value that is not known while a function is traced: it can be computed with, and not be read. */
record Placeholder(Spec spec) implements Primitive.Opaque {

    static Node of(Spec spec, Stream stream) {
        return Node.of(new Placeholder(spec), List.of(), stream);
    }

    @Override
    public String name() {
        return "placeholder";
    }

    @Override
    public Spec infer(List<Spec> inputs) {
        return spec;
    }

    /** Whoever plans a computation with this wants to read it. */
    @Override
    public Optional<Node> decompose(List<Node> inputs) {
        throw new IllegalStateException(
                "[eval] Attempting to eval an array during function transformations like compile or"
                        + " vmap is not allowed. The function is called once with placeholders, here one of " + spec
                        + ", whose elements do not exist: use where instead of if, return what you want to print, and evaluate"
                        + " after the call.");
    }
}
