package dev.kiln.ops;

import dev.kiln.graph.Node;
import dev.kiln.graph.Primitive;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The nodes that lead from some nodes to others. */
final class Ancestry {

    /** A node as it was found: evaluations on other threads may make it forget its inputs. */
    record Step(Node node, Primitive primitive, List<Node> inputs) {

        /** Which of the inputs are among {@code nodes}, by number. */
        Set<Integer> among(Set<Node> nodes) {
            return IntStream.range(0, inputs.size()).filter(i -> nodes.contains(inputs.get(i))).boxed()
                    .collect(Collectors.toSet());
        }

        /** The inputs as arrays. */
        List<Array> primals() {
            return inputs.stream().map(Array::new).toList();
        }
    }

    private Ancestry() {}

    /** A set of nodes that are what they are, not what they compute. */
    static Set<Node> set(Collection<Node> nodes) {
        Set<Node> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(nodes);
        return set;
    }

    /** The nodes that are computed from {@code sources} and lead to {@code outputs}, each after its inputs. */
    static List<Step> between(Collection<Node> sources, List<Node> outputs) {
        Set<Node> reached = set(sources);
        Set<Node> seen = set(sources);
        List<Step> steps = new ArrayList<>();
        Deque<Visit> path = new ArrayDeque<>();
        for (Node output : outputs) {
            enter(output, seen, path);
            while (!path.isEmpty()) {
                Visit top = path.element();
                if (top.next < top.inputs.size()) {
                    enter(top.inputs.get(top.next++), seen, path);
                } else {
                    path.pop();
                    if (top.primitive != null && top.inputs.stream().anyMatch(reached::contains)) {
                        reached.add(top.node);
                        steps.add(new Step(top.node, top.primitive, top.inputs));
                    }
                }
            }
        }
        return steps;
    }

    /** All nodes that {@code outputs} are computed from, and these, in no order. */
    static Set<Node> all(Collection<Node> outputs) {
        Set<Node> seen = set(outputs);
        Deque<Node> left = new ArrayDeque<>(seen);
        while (!left.isEmpty()) {
            for (Node input : left.pop().inputs()) {
                if (seen.add(input)) {
                    left.push(input);
                }
            }
        }
        return seen;
    }

    private static void enter(Node node, Set<Node> seen, Deque<Visit> path) {
        if (seen.add(node)) {
            path.push(new Visit(node));
        }
    }

    private static final class Visit {
        final Node node;
        final @Nullable Primitive primitive;
        final List<Node> inputs;
        int next;

        Visit(Node node) {
            this.node = node;
            this.primitive = node.primitive();
            this.inputs = node.inputs();
        }
    }
}
