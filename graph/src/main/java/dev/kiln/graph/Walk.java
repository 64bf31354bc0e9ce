package dev.kiln.graph;

import com.google.common.primitives.ImmutableLongArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The way from the nodes that are asked for to the values that are there, inputs first. Each node's state is read once, so
 * that other threads may go on computing it meanwhile.
 *
 * <p>
 * This is gone at every evaluation, planned or not, so it is written for speed: the nodes met are entries of parallel arrays,
 * found again through an open-addressing table, and the stack is an array too. The arrays serve one walk after the other.
 */
final class Walk {

    /** Most graphs that are evaluated often are small. */
    private static final int FEW = 16;
    /** Arrays for more nodes are left to the collector. */
    private static final int MOST_KEPT = 4096;
    private static final int STRIPES = 4 * Integer.highestOneBit(Runtime.getRuntime().availableProcessors());
    private static final AtomicReferenceArray<@Nullable Walk> SPARE = new AtomicReferenceArray<>(STRIPES);

    private @Nullable Node[] nodes = new Node[FEW];
    private Node.@Nullable Lazy[] lazies = new Node.Lazy[FEW];
    private int[] numbers = new int[FEW];
    /** By entry: how many inputs in this graph the node is. */
    private int[] reads = new int[FEW];
    private boolean[] isWanted = new boolean[FEW];
    private int entries;
    /** Entry plus one, at the place that the node's hash gives or behind it; 0 is free. */
    private int[] table = new int[4 * FEW];

    private int[] stack = new int[FEW];
    private int[] cursors = new int[FEW];
    private int depth;
    /** The entries of the inputs met so far of the nodes on the stack. */
    private int[] met = new int[FEW];
    private int metCount;

    private final Outline outline = new Outline();
    private int numbered;

    private Storage[] leaves = new Storage[FEW];
    private int leafCount;
    private @Nullable Map<Integer, Node.Running> pending;
    private @Nullable Map<Integer, Node> donated;
    /** The values of the calls met. */
    private final List<Node> together = new ArrayList<>(0);
    private int[] wanted = new int[FEW];
    private int wantedCount;
    private boolean hasLines;

    private Walk() {}

    /**
     * Goes to {@code outputs}.
     *
     * @throws RuntimeException that the computation of one of the nodes met has failed with
     */
    static Capture to(List<Node> outputs) {
        Walk spare = SPARE.getAndSet(stripe(), null);
        return Objects.requireNonNullElseGet(spare, Walk::new).capture(outputs);
    }

    private static int stripe() {
        return (int) Thread.currentThread().threadId() & STRIPES - 1;
    }

    private Capture capture(List<Node> outputs) {
        for (int i = 0; i < outputs.size(); i++) {
            enter(outputs.get(i));
            walk();
        }
        for (int i = 0; i < together.size(); i++) { // which may lead to more
            enter(together.get(i));
            walk();
        }
        for (int i = 0; i < outputs.size(); i++) {
            want(find(outputs.get(i)));
        }
        for (int i = 0; i < together.size(); i++) {
            want(find(together.get(i)));
        }
        int asked = wantedCount;
        wantIntermediates();
        Node[] asWanted = new Node[wantedCount];
        Node.Lazy[] unfinished = new Node.Lazy[wantedCount];
        for (int i = 0; i < wantedCount; i++) {
            asWanted[i] = nodes[wanted[i]];
            unfinished[i] = lazies[wanted[i]];
        }
        return new Capture(this, Arrays.asList(asWanted), unfinished, asked,
                outline.streams(), Arrays.asList(Arrays.copyOf(leaves, leafCount)), pending, donated,
                Structure.of(outline, numbered));
    }

    /** Hands the arrays on to the next walk. */
    void end() {
        if (nodes.length > MOST_KEPT || !outline.clear()) {
            return;
        }
        Arrays.fill(nodes, 0, entries, null);
        Arrays.fill(lazies, 0, entries, null);
        Arrays.fill(isWanted, 0, entries, false);
        Arrays.fill(table, 0);
        Arrays.fill(leaves, 0, leafCount, null);
        together.clear();
        pending = null;
        donated = null;
        entries = 0;
        numbered = 0;
        leafCount = 0;
        wantedCount = 0;
        hasLines = false;
        SPARE.setRelease(stripe(), this);
    }

    /** By number of the structure's node, where it comes from; null if that is known of none. */
    @Nullable
    Origin @Nullable [] origins() {
        if (!hasLines) {
            return null;
        }
        Origin[] origins = new Origin[numbered];
        for (int i = 0; i < entries; i++) {
            origins[numbers[i]] = node(i).origin();
        }
        return origins;
    }

    /** Marks the intermediates as computed on the way to something else. */
    void markPassed() {
        for (int i = 0; i < entries; i++) {
            if (isComputed(i)) {
                node(i).markPassed();
            }
        }
    }

    /** Inputs first, without recursion. */
    private void walk() {
        while (depth > 0) {
            int entry = stack[depth - 1];
            Node.Lazy lazy = Objects.requireNonNull(lazies[entry]);
            List<Node> inputs = lazy.inputs();
            int next = cursors[depth - 1];
            if (next < inputs.size()) {
                cursors[depth - 1]++;
                if (metCount == met.length) {
                    met = Arrays.copyOf(met, 2 * metCount);
                }
                met[metCount++] = enter(inputs.get(next));
            } else {
                depth--;
                leave(entry, lazy);
            }
        }
    }

    /** The node's entry, made if it is met for the first time. */
    private int enter(Node node) {
        int place = place(node);
        if (table[place] != 0) {
            return table[place] - 1;
        }
        int entry = add(node, place);
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
            case Node.Running running -> {
                Map<Integer, Node.Running> waiting = pending == null ? new HashMap<>() : pending;
                waiting.put(leafCount, running);
                pending = waiting;
                leaf(entry, node, running.storage());
            }
            case Node.Ready ready -> leaf(entry, node, ready.storage());
            case Node.Failed failed -> throw failed(node, failed.failure());
            case Node.Released released -> throw node.released();
            case Node.Claimed claimed -> throw new IllegalStateException("A settled node is still claimed.");
        }
        return entry;
    }

    /**
     * What the walk came by on its way to a failed node fails as well, for good: it is read with the same exception again,
     * whichever of its inputs fail later.
     */
    private RuntimeException failed(Node node, Throwable failure) {
        Node.Failed end = new Node.Failed(failure);
        for (int i = 0; i < depth; i++) {
            node(stack[i]).move(Objects.requireNonNull(lazies[stack[i]]), end);
        }
        Node output = depth == 0 ? node : node(stack[0]);
        if (settled(output) instanceof Node.Running running) { // another evaluation was first, and decides how it ends
            running.done().await();
        }
        return Failures.again(output.state() instanceof Node.Failed(Throwable first) ? first : failure);
    }

    /** The node's state once nobody is about to take it up. */
    private static Node.State settled(Node node) {
        Node.State state = node.state();
        while (state instanceof Node.Claimed claimed) {
            claimed.settled().await();
            state = node.state();
        }
        return state;
    }

    private void leaf(int entry, Node node, Storage storage) {
        numbers[entry] = numbered++;
        outline.part(node.spec());
        outline.part(storage instanceof Storage.Held held ? held.layout().strides() : ImmutableLongArray.of());
        if (node.isDonated()) {
            Map<Integer, Node> more = donated == null ? new HashMap<>() : donated;
            more.put(leafCount, node);
            donated = more;
            outline.link(Outline.DONATED_LEAF);
        } else {
            outline.link(Outline.LEAF);
        }
        if (leafCount == leaves.length) {
            leaves = Arrays.copyOf(leaves, 2 * leafCount);
        }
        leaves[leafCount++] = storage;
    }

    private void leave(int entry, Node.Lazy lazy) {
        numbers[entry] = numbered++;
        outline.part(lazy.primitive());
        if (!lazy.values().isEmpty()) {
            together.addAll(lazy.values());
        }
        int count = lazy.inputs().size();
        outline.link(count);
        metCount -= count;
        for (int i = metCount; i < metCount + count; i++) {
            reads[met[i]]++;
            outline.link(numbers[met[i]]);
        }
        outline.link(outline.stream(node(entry).stream()));
    }

    private void wantIntermediates() {
        for (int i = 0; i < entries; i++) {
            Node node = node(i);
            if (node.passed() || node.uses() > reads[i] && isComputed(i)) {
                want(i);
            }
        }
    }

    private boolean isComputed(int entry) {
        Node.Lazy lazy = lazies[entry];
        return lazy != null
                && !(lazy.primitive() instanceof Primitive.View || lazy.primitive() instanceof Primitive.Call);
    }

    private void want(int entry) {
        if (lazies[entry] != null && !isWanted[entry]) {
            isWanted[entry] = true;
            if (wantedCount == wanted.length) {
                wanted = Arrays.copyOf(wanted, 2 * wantedCount);
            }
            wanted[wantedCount++] = entry;
            outline.link(numbers[entry]);
        }
    }

    private int add(Node node, int place) {
        nodes[entries] = node;
        reads[entries] = 0;
        hasLines |= node.origin() != null;
        table[place] = ++entries;
        if (entries == nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * entries);
            lazies = Arrays.copyOf(lazies, 2 * entries);
            numbers = Arrays.copyOf(numbers, 2 * entries);
            reads = Arrays.copyOf(reads, 2 * entries);
            isWanted = Arrays.copyOf(isWanted, 2 * entries);
            table = new int[Integer.highestOneBit(8 * entries)];
            for (int i = 0; i < entries; i++) {
                table[place(node(i))] = i + 1;
            }
        }
        return entries - 1;
    }

    private Node node(int entry) {
        return Objects.requireNonNull(nodes[entry]);
    }

    /** The entry of a node that was met. */
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
}
