package dev.kiln.graph;

import com.google.common.primitives.ImmutableLongArray;
import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What of a graph decides its plan: primitives, edges, the leaves' specs and strides, which streams are the same and
 * on which devices, which values are wanted. Two graphs of equal structure share a plan; the values of leaves, scalars among
 * them, are no part of it.
 */
final class Structure {

    /** For each node, inputs first: the primitive, or a leaf's spec and then its strides. */
    private final Object[] parts;
    /**
     * For each leaf {@link Outline#LEAF} or {@link Outline#DONATED_LEAF}, for each other node the number of inputs, the inputs, the
     * stream's number; then the wanted nodes.
     */
    private final int[] links;
    /** By number of the stream. */
    private final List<Device> devices;
    private final int size;
    private final int hash;
    /** What was planned for it so far. */
    private final List<Plan> plans = new CopyOnWriteArrayList<>();

    /** The structure of so many nodes; the arrays are its own from now on. */
    Structure(Object[] parts, int[] links, List<Device> devices, int size, int hash) {
        this.parts = parts;
        this.links = links;
        this.devices = devices;
        this.size = size;
        this.hash = hash;
    }

    /** The known structure of this outline, or a new one, of so many {@code nodes}. */
    static Structure of(Outline outline, int nodes) {
        return Plans.structure(outline, nodes);
    }

    Object[] parts() {
        return parts;
    }

    int[] links() {
        return links;
    }

    Device device(int stream) {
        return devices.get(stream);
    }

    List<Plan> plans() {
        return plans;
    }

    /** How many nodes. */
    int size() {
        return size;
    }

    /** The graph of this structure on {@code streams}. */
    Graph graph(List<Stream> streams) {
        List<Node> made = new ArrayList<>(size);
        int link = 0;
        int part = 0;
        int inputs = 0;
        while (made.size() < size) {
            Origin origin = new Origin.Part(made.size());
            int count = links[link++];
            if (count < 0) { // a leaf: no stream computes it here, so any will do
                Primitive.Input input = new Primitive.Input(inputs++, (Spec) parts[part++],
                        new Layout(0, (ImmutableLongArray) parts[part++]), count == Outline.DONATED_LEAF);
                made.add(Node.of(input, List.of(), streams.getFirst()).from(origin));
                continue;
            }
            Node[] arguments = new Node[count];
            for (int i = 0; i < count; i++) {
                arguments[i] = made.get(links[link++]);
            }
            made.add(Node.of((Primitive) parts[part++], List.of(arguments), streams.get(links[link++])).from(origin));
        }
        List<Node> outputs = new ArrayList<>();
        while (link < links.length) {
            outputs.add(made.get(links[link++]));
        }
        return new Graph(outputs);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Structure that && hash == that.hash && Arrays.equals(links, that.links)
                && Arrays.equals(parts, that.parts) && devices.equals(that.devices);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return size + " nodes";
    }
}
