package dev.kiln.backends.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What one thread needs to run {@link RowCode}: places for addresses, for the row's numbers, and scratch areas. */
final class RowMemory {

    private static final Pool<RowMemory> POOL = new Pool<>(2 * Runtime.getRuntime().availableProcessors(),
            RowMemory::new);
    private static final int LINE = 64;
    private static final long MOST_KEPT_BYTES = 8L << 20;

    private long[] at = {};
    private float[] row = {};
    private MemorySegment scratch = MemorySegment.NULL;

    private RowMemory() {}

    /** Memory for {@code code} and rows of {@code columns}, its scratch addresses set. */
    static RowMemory lend(Generated.Code code, int columns) {
        RowMemory memory = POOL.acquire();
        int areas = code.scratches();
        if (memory.at.length < code.places() + areas) {
            memory.at = new long[code.places() + areas];
        }
        if (memory.row.length < code.numbers()) {
            memory.row = new float[code.numbers()];
        }
        if (areas > 0) {
            memory.reserve(code.places(), areas, columns);
        }
        return memory;
    }

    private void reserve(int first, int areas, int columns) {
        // whole vectors of any width, and not a multiple of 4 KiB apart, where a store would hold up loads of other areas
        long bytes = Math.ceilDiv((long) columns * Float.BYTES, LINE) * LINE + 5 * LINE;
        if (scratch.byteSize() < areas * bytes) {
            scratch = Arena.ofAuto().allocate(areas * bytes, LINE);
        }
        for (int i = 0; i < areas; i++) {
            at[first + i] = scratch.address() + i * bytes;
        }
    }

    long[] at() {
        return at;
    }

    float[] row() {
        return row;
    }

    void giveBack() {
        if (scratch.byteSize() > MOST_KEPT_BYTES) {
            scratch = MemorySegment.NULL;
        }
        POOL.release(this);
    }
}
