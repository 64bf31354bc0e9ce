package dev.kiln.graph;

import dev.kiln.graph.Work.Extent;
import java.util.HashSet;
import java.util.HashMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Nodes that become one kernel, while {@link Fuse} gathers them. The group runs where its sink, the last of its members,
 * stands in the order.
 */
final class Group {

    /** Why a value is not computed inside the kernel that reads it. */
    record Boundary(Node producer, String reason) {}

    private final Node sink;
    private Shape space;
    private final Map<Node, Extent> members = new HashMap<>();
    private final List<Boundary> boundaries = new ArrayList<>();
    /** What members read that is not a member. */
    private Set<Node> reads;
    private int writes = 1;
    private boolean rowWise;

    Group(Node sink) {
        this.sink = sink;
        reads = new HashSet<>();
        reads.addAll(sink.inputs());
        Primitive primitive = Graph.primitive(sink);
        if (primitive instanceof Primitive.Reduction) {
            space = sink.inputs().getFirst().shape();
            members.put(sink, Extent.ROW);
            rowWise = true;
        } else {
            space = sink.shape();
            members.put(sink, Extent.FULL);
            rowWise = primitive instanceof Primitive.RowWise;
        }
    }

    Node sink() {
        return sink;
    }

    Shape space() {
        return space;
    }

    Set<Node> members() {
        return Collections.unmodifiableSet(members.keySet());
    }

    boolean contains(Node node) {
        return members.containsKey(node);
    }

    Extent extent(Node member) {
        return Optional.ofNullable(members.get(member)).orElseThrow();
    }

    List<Boundary> boundaries() {
        return boundaries;
    }

    void stop(Node producer, String reason) {
        boundaries.add(new Boundary(producer, reason));
    }

    /** The shape of the values that there is one of for each row. */
    Shape rows() {
        return space.rank() == 0 ? space : space.with(-1, 1);
    }

    Shape shape(Extent extent) {
        return extent == Extent.FULL ? space : rows();
    }

    /**
     * Whether {@code producer}, which {@code consumer} reads through {@code seen}, computes for each element or row of the
     * space just what the consumer needs there.
     *
     * @return the extent that the producer would have; empty if it does not fit
     */
    Optional<Extent> extent(Node producer, Node seen, Node consumer) {
        Primitive primitive = Graph.primitive(producer);
        Shape iterated = primitive instanceof Primitive.Reduction
                ? producer.inputs().getFirst().shape()
                : producer.shape();
        Extent extent;
        if (primitive instanceof Primitive.Reduction) {
            extent = Extent.ROW;
            if (!iterated.equals(space)) {
                return Optional.empty();
            }
        } else if (iterated.equals(space) && !(space.rank() > 0 && space.dim(-1) == 1 && rowWise)) {
            extent = Extent.FULL;
        } else if (space.rank() > 0 && iterated.size() == rows().size()
                && primitive instanceof Primitive.Elementwise) {
            extent = Extent.ROW;
        } else if (iterated.size() == space.size() && sameRows(iterated)) {
            extent = Extent.FULL;
        } else {
            return Optional.empty();
        }
        return reads(producer, extent, seen, needed(consumer)) ? Optional.of(extent) : Optional.empty();
    }

    private boolean sameRows(Shape other) {
        return columns(other) == columns(space);
    }

    private static long columns(Shape shape) {
        return shape.rank() == 0 ? 1 : shape.dim(-1);
    }

    /** What a member needs its inputs to be. */
    private Extent needed(Node consumer) {
        return Graph.primitive(consumer) instanceof Primitive.Reduction ? Extent.FULL : extent(consumer);
    }

    /** Whether the views from {@code producer} to {@code seen} leave each element in its row and column. */
    private boolean reads(Node producer, Extent produced, Node seen, Extent needed) {
        Optional<Layout> layout = Views.over(producer, Layout.contiguous(producer.shape()), seen);
        if (layout.isEmpty()) {
            return false;
        }
        if (produced == needed) {
            return layout.get().offset() == 0 && seen.shape().size() == producer.shape().size()
                    && layout.get().isContiguous(seen.shape());
        }
        if (produced == Extent.FULL || !seen.shape().equals(space)) {
            return false;
        }
        int last = space.rank() - 1;
        Layout byRow = new Layout(0, layout.get().strides().subArray(0, last));
        return layout.get().offset() == 0 && (space.dim(last) == 1 || layout.get().stride(last) == 0)
                && byRow.isContiguous(Shape.shape(java.util.Arrays.copyOf(space.toArray(), last)));
    }

    /** How many arrays the kernel would read and write at the most, were {@code producer} part of it. */
    int operandsWith(Node producer, boolean stored) {
        return readsWith(producer).size() + writes + (stored ? 1 : 0);
    }

    private Set<Node> readsWith(Node producer) {
        Set<Node> outside = new HashSet<>();
        for (Node read : reads) {
            if (!Views.base(read).equals(producer)) {
                outside.add(read);
            }
        }
        for (Node input : producer.inputs()) {
            if (!contains(Views.base(input))) {
                outside.add(input);
            }
        }
        return outside;
    }

    /** Makes a sibling of the sink's a member. */
    void join(Node sibling) {
        members.put(sibling, Extent.FULL);
    }

    /** Makes {@code producer} a member; {@code stored} tells whether others need its value too. */
    void add(Node producer, Extent extent, boolean stored) {
        reads = readsWith(producer);
        writes += stored ? 1 : 0;
        members.put(producer, extent);
        rowWise |= !(Graph.primitive(producer) instanceof Primitive.Elementwise);
    }

    /**
     * Takes a reduction in front of a group that so far only had elementwise work on the reduced values: that becomes work
     * by row, and the space becomes the reduction's input.
     *
     * @return whether it could
     */
    boolean widen(Node reduction, Node seen, boolean stored) {
        if (rowWise || members.containsValue(Extent.ROW) || seen.shape().size() != reduction.shape().size()
                || Views.over(reduction, Layout.contiguous(reduction.shape()), seen)
                        .filter(l -> l.offset() == 0 && l.isContiguous(seen.shape())).isEmpty()) {
            return false;
        }
        space = reduction.inputs().getFirst().shape();
        members.replaceAll((member, extent) -> Extent.ROW);
        add(reduction, Extent.ROW, stored);
        return true;
    }
}
