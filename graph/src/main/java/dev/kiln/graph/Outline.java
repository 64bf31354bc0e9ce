package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Walk} puts down of a graph: all that decides how it is computed, and no value. It is compared with the known
 * structures where it stands, and copied into a {@link Structure} only if none is the same. It serves one walk after the other.
 */
final class Outline {

    /** In the links, instead of a number of inputs. */
    static final int LEAF = -1;
    static final int DONATED_LEAF = -2;

    private static final int FEW = 16;
    /** Longer ones are left to the collector. */
    private static final int MOST_KEPT = 1 << 15;

    private @Nullable Object[] parts = new Object[FEW];
    private int partCount;
    private int[] links = new int[4 * FEW];
    private int linkCount;
    private Stream[] streams = new Stream[1];
    private int streamCount;
    /** The numbers of those that come after a few, which are looked through. */
    private final Map<Stream, Integer> moreStreams = new HashMap<>();
    private int hash;

    /** Puts down what a node is: its primitive, or a leaf's spec and strides. */
    void part(Object part) {
        if (partCount == parts.length) {
            parts = Arrays.copyOf(parts, 2 * partCount);
        }
        parts[partCount++] = part;
        hash = 31 * hash + part.hashCode();
    }

    /** Puts down a number: of inputs, of a node, of a stream. */
    void link(int value) {
        if (linkCount == links.length) {
            links = Arrays.copyOf(links, 2 * linkCount);
        }
        links[linkCount++] = value;
        hash = 31 * hash + value;
    }

    /** The number of a stream, by the order in which they were met. */
    int stream(Stream stream) {
        for (int i = 0; i < Math.min(streamCount, FEW); i++) {
            if (streams[i].equals(stream)) {
                return i;
            }
        }
        Integer known = streamCount < FEW ? null : moreStreams.putIfAbsent(stream, streamCount);
        if (known != null) {
            return known;
        }
        if (streamCount == streams.length) {
            streams = Arrays.copyOf(streams, 2 * streamCount);
        }
        streams[streamCount] = stream;
        return streamCount++;
    }

    List<Stream> streams() {
        return Arrays.asList(Arrays.copyOf(streams, streamCount));
    }

    /** Whether this is the outline of {@code structure}. */
    boolean isOf(Structure structure) {
        return hash == structure.hashCode() && Arrays.equals(links, 0, linkCount, structure.links(), 0,
                structure.links().length) && sameParts(structure.parts()) && sameDevices(structure);
    }

    @SuppressWarnings("ReferenceEquality") // most are the very same, and equality is asked of the others
    private boolean sameParts(Object[] others) {
        if (others.length != partCount) {
            return false;
        }
        for (int i = 0; i < partCount; i++) {
            if (parts[i] != others[i] && !others[i].equals(parts[i])) {
                return false;
            }
        }
        return true;
    }

    private boolean sameDevices(Structure structure) {
        for (int i = 0; i < streamCount; i++) {
            if (!structure.device(i).equals(streams[i].device())) {
                return false;
            }
        }
        return true; // there are as many, since the links are the same
    }

    /** The hash that the structure has. */
    int hash() {
        return hash;
    }

    /** The structure, of so many nodes. */
    Structure structure(int nodes) {
        return new Structure(Arrays.copyOf(parts, partCount), Arrays.copyOf(links, linkCount),
                Arrays.stream(streams, 0, streamCount).map(Stream::device).toList(), nodes, hash);
    }

    /** Forgets everything; false if this has grown too long to be kept. */
    boolean clear() {
        if (links.length > MOST_KEPT) {
            return false;
        }
        Arrays.fill(parts, 0, partCount, null);
        Arrays.fill(streams, 0, streamCount, null);
        moreStreams.clear();
        partCount = 0;
        linkCount = 0;
        streamCount = 0;
        hash = 0;
        return true;
    }
}
