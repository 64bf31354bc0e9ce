package dev.kiln.graph;

import dev.kiln.graph.Work.Extent;
import java.util.HashSet;
import java.util.HashMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Decides which nodes become one kernel.
 *
 * <p>
 * Sinks are taken from the end of the order, and each draws its producers in as long as they compute, for every element or
 * row of the space, just what is needed there. A producer that others need as well may still be drawn in, and is then
 * stored on the way, if all those others stand behind the sink in the order: since edges only lead forward, no path can
 * then leave the group and come back to it.
 */
final class Fuse {

    private static final int MAX_INSTRUCTIONS = 64;
    private static final int MAX_OPERANDS = 24;

    /** A node that reads {@code base}'s elements as {@code seen}. */
    private record Use(Node consumer, Node seen) {}

    /** The groups in the order in which they run, and what later kernels and the caller need of them. */
    record Fused(List<Group> groups, Set<Node> stored, Map<Node, Integer> position) {}

    private final List<Node> order;
    private final Map<Node, Integer> position = new HashMap<>();
    private final Map<Node, List<Use>> uses = new HashMap<>();
    private final Families families;
    private final Set<Node> exported = new HashSet<>();
    private final Map<Node, Group> groupOf = new HashMap<>();

    private Fuse(Graph graph) {
        this.order = graph.orderByHeight();
        this.families = new Families(order);
        for (Node node : order) {
            position.put(node, position.size());
            if (!(Graph.primitive(node) instanceof Primitive.View)) {
                for (Node input : node.inputs()) {
                    uses.computeIfAbsent(Views.base(input), base -> new ArrayList<>()).add(new Use(node, input));
                }
            }
        }
        graph.outputs().forEach(output -> exported.add(Views.base(output)));
    }

    /** Groups the nodes of {@code graph}. */
    static Fused apply(Graph graph) {
        Fuse fuse = new Fuse(graph);
        return fuse.groups(fuse::grow);
    }

    /** Makes each node of {@code graph} a group by itself. */
    static Fused singly(Graph graph) {
        return new Fuse(graph).groups(_ -> {});
    }

    private Fused groups(Consumer<Group> growth) {
        List<Group> groups = new ArrayList<>();
        for (Node node : order.reversed()) {
            Primitive primitive = Graph.primitive(node);
            if (groupOf.containsKey(node) || primitive instanceof Primitive.View
                    || primitive instanceof Primitive.Input) {
                continue;
            }
            List<Node> siblings = families.of(node);
            if (!siblings.getFirst().equals(node)) {
                continue; // made where the first of them stands: all they read is there
            }
            Group group = new Group(node);
            siblings.forEach(sibling -> groupOf.put(sibling, group));
            siblings.stream().skip(1).forEach(group::join);
            growth.accept(group);
            groups.add(group);
        }
        Set<Node> stored = new HashSet<>();
        stored.addAll(exported);
        uses.forEach((producer, users) -> {
            Group own = groupOf.get(producer);
            for (Use use : users) {
                if (groupOf.get(use.consumer) != own) {
                    stored.add(producer);
                    break;
                }
            }
        });
        return new Fused(groups.reversed(), stored, position);
    }

    private void grow(Group group) {
        if (!fusible(group.sink())) {
            for (Node input : group.sink().inputs()) {
                if (!isInput(Views.base(input))) {
                    group.stop(Views.base(input), Graph.primitive(group.sink()).name() + " has a kernel of its own");
                }
            }
            return;
        }
        ArrayDeque<Use> candidates = new ArrayDeque<>();
        Map<Node, String> refused = new LinkedHashMap<>();
        inputsOf(group.sink(), candidates);
        while (!candidates.isEmpty()) {
            Use edge = candidates.poll();
            Node producer = Views.base(edge.seen);
            if (isInput(producer) || group.contains(producer)) {
                continue;
            }
            Optional<String> obstacle = draw(group, producer, edge);
            if (obstacle.isPresent()) {
                refused.put(producer, obstacle.get());
            } else {
                refused.remove(producer);
                groupOf.put(producer, group);
                inputsOf(producer, candidates);
            }
        }
        refused.forEach(group::stop);
    }

    private static void inputsOf(Node consumer, ArrayDeque<Use> candidates) {
        consumer.inputs().forEach(input -> candidates.add(new Use(consumer, input)));
    }

    /** Adds {@code producer} to the group, or says why it cannot be. */
    private Optional<String> draw(Group group, Node producer, Use edge) {
        String name = Graph.primitive(producer).name();
        if (!fusible(producer)) {
            return Optional.of(name + " has a kernel of its own");
        }
        if (producer.stream() != group.sink().stream()) {
            return Optional.of(name + " runs on another stream");
        }
        boolean stored = isStored(group, producer);
        if (group.members().size() >= MAX_INSTRUCTIONS || group.operandsWith(producer, stored) > MAX_OPERANDS) {
            return Optional
                    .of("the kernel is full (" + MAX_INSTRUCTIONS + " operations or " + MAX_OPERANDS + " operands)");
        }
        List<Use> inside = new ArrayList<>();
        for (Use use : uses.getOrDefault(producer, List.of())) {
            if (group.contains(use.consumer)) {
                inside.add(use);
            } else if (at(use.consumer) < at(group.sink())) {
                return Optional.of(name + " is also needed by " + Graph.primitive(use.consumer).name()
                        + ", which this kernel may depend on");
            }
        }
        Optional<Extent> extent = commonExtent(group, producer, inside);
        if (extent.isPresent()) {
            group.add(producer, extent.get(), stored);
            return Optional.empty();
        }
        if (Graph.primitive(producer) instanceof Primitive.Reduction && inside.size() == 1
                && uses.getOrDefault(producer, List.of()).size() == 1 && group.widen(producer, edge.seen, stored)) {
            return Optional.empty();
        }
        return Optional.of(name + " computes " + producer.shape() + ", which the kernel over " + group.space()
                + " does not read element by element");
    }

    private static Optional<Extent> commonExtent(Group group, Node producer, List<Use> inside) {
        Optional<Extent> common = Optional.empty();
        for (Use use : inside) {
            Optional<Extent> extent = group.extent(producer, use.seen, use.consumer);
            if (extent.isEmpty() || common.isPresent() && !common.equals(extent)) {
                return Optional.empty();
            }
            common = extent;
        }
        return common;
    }

    /** Whether {@code member} of the group is needed outside of it, and so written to memory. */
    private boolean isStored(Group group, Node member) {
        return exported.contains(member)
                || uses.getOrDefault(member, List.of()).stream().anyMatch(use -> !group.contains(use.consumer));
    }

    private int at(Node node) {
        return position.getOrDefault(node, -1);
    }

    private static boolean isInput(Node node) {
        return Graph.primitive(node) instanceof Primitive.Input;
    }

    private static boolean fusible(Node node) {
        boolean shaped = switch (Graph.primitive(node)) {
            case Primitive.Elementwise e -> true;
            case Primitive.RowWise r -> true;
            case Primitive.Reduction r -> r.foldsRows(node.inputs().getFirst().shape().rank()) && !foldsCopy(node);
            case Primitive.View v -> false;
            case Primitive.Contraction c -> false;
            case Primitive.Opaque o -> false;
            case Primitive.Input i -> false;
        };
        return shaped && Lower.fit(node) == Backend.Fit.FUSIBLE;
    }

    /** Whether a program would have to copy what {@code reduction} folds. */
    private static boolean foldsCopy(Node reduction) {
        Node folded = reduction.inputs().getFirst();
        return Views.layout(folded).filter(
                layout -> Backends.of(reduction.stream().device()).readsCopyOf(folded.spec(), layout)).isPresent();
    }

    static boolean isProgram(Group group) {
        return fusible(group.sink());
    }
}
