package dev.kiln.graph;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph as an evaluation found it: its structure, and what the structure leaves out. Each node's state is read once, so
 * that other threads may go on computing it meanwhile.
 */
final class Capture {

    private static final Layout SCALAR = new Layout(0, ImmutableLongArray.of());

    /** What the caller asked for, then the intermediates that are kept because this is not the first time here. */
    final List<Node> wanted = new ArrayList<>();
    final List<Stream> streams = new ArrayList<>();
    final List<Storage> leaves = new ArrayList<>();
    /** By number, the leaves that another evaluation is still computing. */
    final Map<Integer, Node> pending = new HashMap<>();
    private final List<Object> parts = new ArrayList<>();
    private final Map<Node, Integer> numbers = new IdentityHashMap<>();
    private final Set<Node> lazy = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Node> passedBy = new ArrayList<>();
    private int[] links = new int[64];
    private int linkCount;
    private final Structure structure;

    private Capture(List<Node> outputs) {
        ArrayDeque<Visit> path = new ArrayDeque<>();
        for (Node output : outputs) {
            enter(output, path);
            while (!path.isEmpty()) {
                Visit top = path.element();
                if (top.next < top.lazy.inputs().size()) {
                    enter(top.lazy.inputs().get(top.next++), path);
                } else {
                    add(path.pop());
                }
            }
        }
        Set<Node> asked = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Node output : outputs) {
            if (lazy.contains(output) && asked.add(output)) {
                wanted.add(output);
            }
        }
        for (Node node : passedBy) {
            if (node.passed() && asked.add(node)) {
                wanted.add(node);
            }
        }
        wanted.forEach(node -> link(number(node)));
        structure = new Structure(parts.toArray(), Arrays.copyOf(links, linkCount));
    }

    /** Captures what is still to be computed for {@code outputs}. */
    static Capture of(List<Node> outputs) {
        return new Capture(outputs);
    }

    Structure structure() {
        return structure;
    }

    /** Remembers that the intermediates were computed on the way: whoever comes here again keeps them. */
    void markPassed() {
        passedBy.forEach(Node::markPassed);
    }

    private static final class Visit {
        final Node node;
        final Node.Lazy lazy;
        int next;

        Visit(Node node, Node.Lazy lazy) {
            this.node = node;
            this.lazy = lazy;
        }
    }

    private void enter(Node node, ArrayDeque<Visit> path) {
        if (numbers.containsKey(node)) {
            return;
        }
        switch (node.state()) {
            case Node.Lazy unfinished -> {
                numbers.put(node, -1);
                path.push(new Visit(node, unfinished));
            }
            case Node.Running(Event done, Storage storage) -> {
                pending.put(leaves.size(), node);
                leaf(node, storage);
            }
            case Node.Ready(Storage storage) -> leaf(node, storage);
            case Node.Failed(Throwable failure) -> throw Failures.again(failure);
        }
    }

    private void leaf(Node node, Storage storage) {
        number(node, new Structure.Leaf(node.spec(), switch (storage) {
            case Storage.Held(Buffer buffer, Layout layout) -> layout.offset() == 0
                    ? layout
                    : new Layout(0, layout.strides());
            case Storage.Scalar scalar -> SCALAR;
        }));
        link(-1);
        link(stream(node.stream()));
        leaves.add(storage);
    }

    private void add(Visit visit) {
        lazy.add(visit.node);
        number(visit.node, visit.lazy.primitive());
        link(visit.lazy.inputs().size());
        for (Node input : visit.lazy.inputs()) {
            link(number(input));
        }
        link(stream(visit.node.stream()));
        if (!(visit.lazy.primitive() instanceof Primitive.View)) {
            passedBy.add(visit.node);
        }
    }

    private void number(Node node, Object part) {
        numbers.put(node, parts.size());
        parts.add(part);
    }

    private int number(Node node) {
        return numbers.getOrDefault(node, -1);
    }

    private int stream(Stream stream) {
        int known = streams.indexOf(stream);
        if (known < 0) {
            known = streams.size();
            streams.add(stream);
        }
        return known;
    }

    private void link(int value) {
        if (linkCount == links.length) {
            links = Arrays.copyOf(links, 2 * links.length);
        }
        links[linkCount++] = value;
    }

    /** Makes {@code stream} wait until all leaves are there, or failed. */
    void awaitLeaves(Stream stream) {
        for (Node leaf : pending.values()) {
            if (leaf.state() instanceof Node.Running(Event done, Storage storage)) {
                stream.submitWait(done);
            }
        }
    }

    /** The graph of this structure for passes to work on: no node of the program's, and no value, is in it. */
    Graph graph() {
        List<Node> nodes = new ArrayList<>();
        int at = 0;
        int inputs = 0;
        for (Object part : structure.parts()) {
            int count = structure.links()[at++];
            List<Node> arguments = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                arguments.add(nodes.get(structure.links()[at++]));
            }
            Stream stream = streams.get(structure.links()[at++]);
            nodes.add(Node.of(part instanceof Structure.Leaf leaf
                    ? new Primitive.Input(inputs++, leaf.spec(), leaf.layout())
                    : (Primitive) part, arguments, stream));
        }
        List<Node> outputs = new ArrayList<>();
        while (at < structure.links().length) {
            outputs.add(nodes.get(structure.links()[at++]));
        }
        return new Graph(outputs);
    }
}
