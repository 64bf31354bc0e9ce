package dev.kiln.backends.cpu;

import dev.kiln.backends.cpu.AttentionShape.Steps;
import dev.kiln.graph.DType;
import dev.kiln.graph.OffHeap;
import dev.kiln.graph.Work;

/**
 * The keys that a mask lets queries see at all. A mask that says how far a cache is filled, or how far back a model looks, hides
 * all but one run of keys: then the others are not read, and the mask is not applied.
 */
interface AttentionSpan {

    /** All that is seen lies from {@code from} up to {@code to}; not all of that is seen if it has holes. */
    record Seen(long from, long to, boolean hasHoles) {}

    /** Looks at what is seen by the queries of a head of keys. */
    Seen of(long[] addresses, long batch, long head);

    /** For the mask that is the input of this number, if there is one. */
    static AttentionSpan of(Work.Single work, AttentionShape shape, int input) {
        if (work.inputs().size() <= input) {
            Seen all = new Seen(0, shape.keys(), false);
            return (addresses, batch, head) -> all;
        }
        Steps steps = shape.steps().get(input);
        boolean shared = (steps.head() == 0 || shape.group() == 1) && (steps.position() == 0 || shape.queries() == 1);
        if (work.inputs().get(input).spec().dtype() == DType.BOOL && steps.column() == 1 && shared) {
            return (addresses, batch, head) -> scan(addresses[input] + steps.offset(batch, head, 0), shape.keys());
        }
        Seen perhaps = new Seen(0, shape.keys(), true);
        return (addresses, batch, head) -> perhaps;
    }

    private static Seen scan(long address, long keys) {
        long from = 0;
        while (from <= keys - Long.BYTES && word(address + from) == 0) {
            from += Long.BYTES;
        }
        while (from < keys && bit(address + from) == 0) {
            from++;
        }
        long to = keys;
        while (to >= from + Long.BYTES && word(address + to - Long.BYTES) == 0) {
            to -= Long.BYTES;
        }
        while (to > from && bit(address + to - 1) == 0) {
            to--;
        }
        long at = from;
        while (at <= to - Long.BYTES && word(address + at) == 0x0101010101010101L) {
            at += Long.BYTES;
        }
        while (at < to && bit(address + at) == 1) {
            at++;
        }
        return new Seen(from, to, at < to);
    }

    private static long word(long address) {
        return OffHeap.ALL.get(Unaligned.LONG, address);
    }

    private static byte bit(long address) {
        return OffHeap.ALL.get(Unaligned.BYTE, address);
    }
}
