package dev.kiln.graph;

import dev.kiln.streams.Device;
import java.util.Arrays;

/**
 * What of a graph decides its plan: primitives, edges, the leaves' specs and strides, which streams are the same and
 * on which devices, which values are wanted. Two graphs of equal structure share a plan; the values of leaves, scalars among
 * them, are no part of it.
 */
final class Structure {

    /** For each node, inputs first: the primitive, or the leaf's {@link Leaf}. */
    private final Object[] parts;
    /** For each leaf -1, for each other node the number of inputs, the inputs, the stream's number; then the wanted nodes. */
    private final int[] links;
    /** By number of the stream. */
    private final Device[] devices;
    private final int hash;

    Structure(Object[] parts, int[] links, Device[] devices) {
        this.parts = parts;
        this.links = links;
        this.devices = devices;
        this.hash = 31 * Arrays.hashCode(parts) + Arrays.hashCode(links);
    }

    /** A leaf without its value. */
    record Leaf(Spec spec, Layout layout, boolean donated) {}

    Object[] parts() {
        return parts;
    }

    int[] links() {
        return links;
    }

    /** How many nodes. */
    int size() {
        return parts.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Structure that && hash == that.hash && Arrays.equals(links, that.links)
                && Arrays.equals(parts, that.parts) && Arrays.equals(devices, that.devices);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return parts.length + " nodes";
    }
}
