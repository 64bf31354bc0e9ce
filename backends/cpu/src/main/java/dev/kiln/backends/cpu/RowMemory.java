package dev.kiln.backends.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** What one thread needs to run {@link RowCode}: places for addresses, for the row's numbers, and scratch areas. */
final class RowMemory {

    private static final Pool<RowMemory> POOL = new Pool<>(2 * Runtime.getRuntime().availableProcessors(),
            RowMemory::new);
    private static final int LINE = 64;
    private static final long MOST_KEPT_BYTES = 8L << 20;

    private long[] at = {};
    private float[] row = {};
    private Reg[] registers = {};
    private float[][] staged = {};
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
        for (int place : code.loads()) {
            memory.stage(place, columns);
        }
        for (int place : code.stores()) {
            memory.stage(place, columns);
        }
        if (areas > 0) {
            memory.reserve(code.places(), areas, columns);
        }
        return memory;
    }

    private void stage(int place, int columns) {
        if (registers.length <= place) {
            int had = registers.length;
            registers = Arrays.copyOf(registers, place + 1);
            staged = Arrays.copyOf(staged, place + 1);
            for (int i = had; i <= place; i++) {
                registers[i] = new Reg(Lane.F32, 0);
                staged[i] = registers[i].f();
            }
        }
        if (registers[place].capacity() < columns) {
            registers[place] = new Reg(Lane.F32, columns);
            staged[place] = registers[place].f();
        }
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

    float[][] staged() {
        return staged;
    }

    Reg staged(int place) {
        return registers[place];
    }

    void giveBack() {
        long bytes = scratch.byteSize();
        for (float[] area : staged) {
            bytes += (long) Float.BYTES * area.length;
        }
        if (bytes <= MOST_KEPT_BYTES) {
            POOL.release(this);
        }
    }
}
