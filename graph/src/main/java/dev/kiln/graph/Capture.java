package dev.kiln.graph;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.streams.Device;
import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A graph as an evaluation found it: its structure, and what the structure leaves out. Each node's state is read once, so
 * that other threads may go on computing it meanwhile.
 *
 * <p>
 * This runs at every evaluation, planned or not, so it is written for speed: the nodes met are entries of parallel arrays,
 * found again through an open-addressing table, and the walk's stack is an array too.
 */
final class Capture {

    private static final Layout SCALAR = new Layout(0, ImmutableLongArray.of());

    /**
     * What the caller asked for, then the intermediates that are kept: those that an earlier evaluation came by, and those
     * that nodes outside of this graph build on, so that somebody else will come by.
     */
    final List<Node> wanted = new ArrayList<>();
    private final List<Node.Lazy> unfinished = new ArrayList<>();
    final List<Stream> streams = new ArrayList<>(1);
    final List<Storage> leaves = new ArrayList<>();
    /** By number, the leaves that another evaluation is still computing. */
    private @Nullable Map<Integer, Node> pending;
    /** By number, the leaves that are donated. */
    private @Nullable Map<Integer, Node> donated;
    /** The values of the calls met. */
    private final List<Node> together = new ArrayList<>(0);

    /** Most graphs that are evaluated often are small. */
    private static final int FEW = 6;

    private Node[] nodes = new Node[FEW];
    private Node.@Nullable Lazy[] lazies = new Node.Lazy[FEW];
    private int[] numbers = new int[FEW];
    private int entries;
    /** By entry: how many inputs in this graph the node is. */
    private int[] reads = new int[FEW];
    /** Entry plus one, at the place that the node's hash gives or behind it; 0 is free. */
    private int[] table = new int[16];

    private int[] stack = new int[FEW];
    private int[] cursors = new int[FEW];
    private int depth;

    private Object[] parts = new Object[FEW];
    private int partCount;
    private int[] links = new int[4 * FEW];
    private int linkCount;
    private final Structure structure;

    /** How many of the wanted nodes the caller asked for. */
    final int asked;

    private Capture(List<Node> outputs) {
        for (Node output : outputs) {
            enter(output);
            walk();
        }
        for (int i = 0; i < together.size(); i++) { // which may lead to more
            enter(together.get(i));
            walk();
        }
        boolean[] known = new boolean[entries];
        for (Node output : outputs) {
            want(find(output), known);
        }
        for (Node value : together) {
            want(find(value), known);
        }
        asked = wanted.size();
        wantIntermediates(known);
        Device[] devices = new Device[streams.size()];
        for (int i = 0; i < devices.length; i++) {
            devices[i] = streams.get(i).device();
        }
        structure = new Structure(Arrays.copyOf(parts, partCount), Arrays.copyOf(links, linkCount), devices);
    }

    /**
     * Captures what is still to be computed for {@code outputs}.
     *
     * @throws RuntimeException that the computation of one of the nodes met has failed with
     */
    static Capture of(List<Node> outputs) {
        return new Capture(outputs);
    }

    /** How the wanted node of this number was found. */
    Node.Lazy unfinished(int wanted) {
        return unfinished.get(wanted);
    }

    Structure structure() {
        return structure;
    }

    /** The leaf of this number if it is still being computed. */
    @Nullable
    Node pending(int leaf) {
        return pending == null ? null : pending.get(leaf);
    }

    /** Gives the leaf of this number up if it was donated: a result is in its memory. */
    void releaseDonated(int leaf) {
        Node node = donated == null ? null : donated.get(leaf);
        if (node != null) {
            node.release();
        }
    }

    boolean isPending() {
        return pending != null;
    }

    /** The line of the program that made the part of this number of the structure; empty if that is not known. */
    Optional<String> line(int part) {
        return IntStream.range(0, entries).filter(entry -> numbers[entry] == part)
                .mapToObj(entry -> nodes[entry].origin()).filter(Origin.Line.class::isInstance)
                .map(origin -> ((Origin.Line) origin).text()).findFirst();
    }

    /** What is evaluated, for messages. */
    @Override
    public String toString() {
        Node first = wanted.getFirst();
        return "[" + unfinished.getFirst().primitive().name() + "] " + first.spec() + " on " + first.stream()
                + (asked > 1 ? " and " + (asked - 1) + " more" : "")
                + (first.origin() instanceof Origin.Line(String text) ? " built at " + text : "");
    }

    /** Remembers that the intermediates were computed on the way: whoever comes here again keeps them. */
    void markPassed() {
        for (int i = 0; i < entries; i++) {
            if (isComputed(i)) {
                nodes[i].markPassed();
            }
        }
    }

    /** Inputs first, without recursion. */
    private void walk() {
        while (depth > 0) {
            int entry = stack[depth - 1];
            Node.Lazy lazy = lazies[entry];
            if (lazy != null && cursors[depth - 1] < lazy.inputs().size()) {
                enter(lazy.inputs().get(cursors[depth - 1]++));
            } else {
                depth--;
                if (lazy != null) {
                    leave(entry, lazy);
                }
            }
        }
    }

    private void enter(Node node) {
        if (find(node) >= 0) {
            return;
        }
        int entry = add(node);
        switch (settled(node)) {
            case Node.Lazy lazy -> {
                lazies[entry] = lazy;
                if (depth == stack.length) {
                    stack = Arrays.copyOf(stack, 2 * depth);
                    cursors = Arrays.copyOf(cursors, 2 * depth);
                }
                stack[depth] = entry;
                cursors[depth++] = 0;
            }
            case Node.Running(Event done, Stream by, Storage storage) -> {
                Map<Integer, Node> waiting = pending == null ? new HashMap<>() : pending;
                waiting.put(leaves.size(), node);
                pending = waiting;
                leaf(entry, storage);
            }
            case Node.Ready(Storage storage) -> leaf(entry, storage);
            case Node.Failed(Throwable failure) -> throw failed(node, failure);
            case Node.Released released -> throw node.released();
            case Node.Claimed claimed -> throw new IllegalStateException("A settled node is still claimed.");
        }
    }

    /**
     * What the walk came by on its way to a failed node fails as well, for good: it is read with the same exception again,
     * whichever of its inputs fail later.
     */
    private RuntimeException failed(Node node, Throwable failure) {
        Node.Failed end = new Node.Failed(failure);
        for (int i = 0; i < depth; i++) {
            nodes[stack[i]].move(Objects.requireNonNull(lazies[stack[i]]), end);
        }
        Node output = depth == 0 ? node : nodes[stack[0]];
        if (settled(output) instanceof Node.Running running) { // another evaluation was first, and decides how it ends
            running.done().await();
        }
        return Failures.again(output.state() instanceof Node.Failed(Throwable first) ? first : failure);
    }

    /** The node's state once nobody is about to take it up. */
    private static Node.State settled(Node node) {
        Node.State state = node.state();
        while (state instanceof Node.Claimed(Node.Lazy lazy, Event settled)) {
            settled.await();
            state = node.state();
        }
        return state;
    }

    private void leaf(int entry, Storage storage) {
        Node node = nodes[entry];
        part(entry, new Structure.Leaf(node.spec(), switch (storage) {
            case Storage.Held(Buffer buffer, Layout layout) -> layout.offset() == 0
                    ? layout
                    : new Layout(0, layout.strides());
            case Storage.Scalar scalar -> SCALAR;
        }, node.isDonated()));
        link(-1);
        if (node.isDonated()) {
            Map<Integer, Node> more = donated == null ? new HashMap<>() : donated;
            more.put(leaves.size(), node);
            donated = more;
        }
        leaves.add(storage);
    }

    private void leave(int entry, Node.Lazy lazy) {
        part(entry, lazy.primitive());
        together.addAll(lazy.values());
        int count = lazy.inputs().size();
        link(count);
        for (int i = 0; i < count; i++) {
            int input = find(lazy.inputs().get(i));
            reads[input]++;
            link(numbers[input]);
        }
        link(stream(nodes[entry].stream()));
    }

    private void wantIntermediates(boolean[] known) {
        for (int i = 0; i < entries; i++) {
            if (nodes[i].passed() || nodes[i].uses() > reads[i] && isComputed(i)) {
                want(i, known);
            }
        }
    }

    private boolean isComputed(int entry) {
        Node.Lazy lazy = lazies[entry];
        return lazy != null
                && !(lazy.primitive() instanceof Primitive.View || lazy.primitive() instanceof Primitive.Call);
    }

    private void want(int entry, boolean[] known) {
        Node.Lazy lazy = lazies[entry];
        if (lazy != null && !known[entry]) {
            known[entry] = true;
            unfinished.add(lazy);
            wanted.add(nodes[entry]);
            link(numbers[entry]);
        }
    }

    private int add(Node node) {
        if (entries == nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * entries);
            lazies = Arrays.copyOf(lazies, 2 * entries);
            numbers = Arrays.copyOf(numbers, 2 * entries);
            reads = Arrays.copyOf(reads, 2 * entries);
            table = new int[Integer.highestOneBit(8 * entries)];
            for (int i = 0; i < entries; i++) {
                table[place(nodes[i])] = i + 1;
            }
        }
        nodes[entries] = node;
        table[place(node)] = entries + 1;
        return entries++;
    }

    /** The entry of {@code node}, or -1. */
    private int find(Node node) {
        return table[place(node)] - 1;
    }

    /** Where in the table {@code node} is, or belongs. */
    @SuppressWarnings("ReferenceEquality") // nodes are what they are, not what they compute
    private int place(Node node) {
        int mask = table.length - 1;
        int at = node.identity() & mask;
        while (table[at] != 0 && nodes[table[at] - 1] != node) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void part(int entry, Object part) {
        if (partCount == parts.length) {
            parts = Arrays.copyOf(parts, 2 * partCount);
        }
        numbers[entry] = partCount;
        parts[partCount++] = part;
    }

    private void link(int value) {
        if (linkCount == links.length) {
            links = Arrays.copyOf(links, 2 * linkCount);
        }
        links[linkCount++] = value;
    }

    private int stream(Stream stream) {
        int known = streams.indexOf(stream);
        if (known < 0) {
            known = streams.size();
            streams.add(stream);
        }
        return known;
    }

    /** The graph of this structure for passes to work on: no node of the program's, and no value, is in it. */
    Graph graph() {
        List<Node> made = new ArrayList<>();
        int at = 0;
        int inputs = 0;
        for (Object part : structure.parts()) {
            int count = structure.links()[at++];
            if (part instanceof Structure.Leaf leaf) { // no stream computes it here, so any will do
                made.add(Node.of(new Primitive.Input(inputs++, leaf.spec(), leaf.layout(), leaf.donated()), List.of(),
                        streams.getFirst()).from(new Origin.Part(made.size())));
                continue;
            }
            List<Node> arguments = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                arguments.add(made.get(structure.links()[at++]));
            }
            made.add(Node.of((Primitive) part, arguments, streams.get(structure.links()[at++]))
                    .from(new Origin.Part(made.size())));
        }
        List<Node> outputs = new ArrayList<>();
        while (at < structure.links().length) {
            outputs.add(made.get(structure.links()[at++]));
        }
        return new Graph(outputs);
    }
}
