package dev.kiln.graph;

import java.util.ArrayDeque;
import java.util.Optional;

/** Looks through nodes that only see the elements of another differently. */
final class Views {

    private Views() {}

    /** The node whose elements {@code node} sees: itself if it is not a view. */
    static Node base(Node node) {
        Node base = node;
        while (Graph.primitive(base) instanceof Primitive.View) {
            base = base.inputs().getFirst();
        }
        return base;
    }

    /** The layout in which {@code node} is read; empty if that is a copy. */
    static Optional<Layout> layout(Node node) {
        Node base = base(node);
        return over(base, Graph.primitive(base) instanceof Primitive.Input input
                ? input.layout()
                : Layout.contiguous(base.shape()), node);
    }

    /** The layout of {@code seen} over the memory of {@code base}, which has {@code layout}; empty if there is none. */
    static Optional<Layout> over(Node base, Layout layout, Node seen) {
        ArrayDeque<Node> chain = new ArrayDeque<>();
        for (Node node = seen; node != base; node = node.inputs().getFirst()) {
            chain.push(node);
        }
        Layout current = layout;
        for (Node view : chain) {
            Optional<Layout> next = ((Primitive.View) Graph.primitive(view)).view(view.inputs().getFirst().spec(),
                    current);
            if (next.isEmpty()) {
                return next;
            }
            current = next.get();
        }
        return Optional.of(current);
    }
}
