package dev.kiln.backends.cpu;

import static dev.kiln.graph.OffHeap.ALL;

/** Copies elements of one size from places or to places. */
final class PlacedCopy {

    private static final long[] NONE = new long[Places.MOST];

    private PlacedCopy() {}

    /** Copies elements of {@code size} bytes from where indices say. */
    static Places.Loop from(int size) {
        return (from, fromStep, to, toStep, offsets, n) -> copy(size, from, fromStep, offsets, to, toStep, NONE, n);
    }

    /** Copies elements of {@code size} bytes to where indices say. */
    static Places.Loop to(int size) {
        return (from, fromStep, to, toStep, offsets, n) -> copy(size, from, fromStep, NONE, to, toStep, offsets, n);
    }

    private static void copy(int size, long from, long fromStep, long[] plusFrom, long to, long toStep, long[] plusTo,
            int n) {
        switch (size) {
            case Byte.BYTES -> bytes(from, fromStep, plusFrom, to, toStep, plusTo, n);
            case Short.BYTES -> shorts(from, fromStep, plusFrom, to, toStep, plusTo, n);
            case Integer.BYTES -> ints(from, fromStep, plusFrom, to, toStep, plusTo, n);
            default -> longs(from, fromStep, plusFrom, to, toStep, plusTo, n);
        }
    }

    private static void bytes(long from, long fromStep, long[] plusFrom, long to, long toStep, long[] plusTo, int n) {
        for (int i = 0; i < n; i++) {
            ALL.set(Unaligned.BYTE, to + i * toStep + plusTo[i],
                    ALL.get(Unaligned.BYTE, from + i * fromStep + plusFrom[i]));
        }
    }

    private static void shorts(long from, long fromStep, long[] plusFrom, long to, long toStep, long[] plusTo, int n) {
        for (int i = 0; i < n; i++) {
            ALL.set(Unaligned.SHORT, to + i * toStep + plusTo[i],
                    ALL.get(Unaligned.SHORT, from + i * fromStep + plusFrom[i]));
        }
    }

    private static void ints(long from, long fromStep, long[] plusFrom, long to, long toStep, long[] plusTo, int n) {
        for (int i = 0; i < n; i++) {
            ALL.set(Unaligned.INT, to + i * toStep + plusTo[i],
                    ALL.get(Unaligned.INT, from + i * fromStep + plusFrom[i]));
        }
    }

    private static void longs(long from, long fromStep, long[] plusFrom, long to, long toStep, long[] plusTo, int n) {
        for (int i = 0; i < n; i++) {
            ALL.set(Unaligned.LONG, to + i * toStep + plusTo[i],
                    ALL.get(Unaligned.LONG, from + i * fromStep + plusFrom[i]));
        }
    }
}
