package dev.kiln.examples.benchmarks;

import dev.kiln.ops.Array;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops that only read and write: what the machine's memory allows. They work on the memory of evaluated arrays, so pages and
 * alignment are those of what they are compared with, and with as many threads.
 */
final class Yardstick {

    private static final VectorSpecies<Long> SPECIES = LongVector.SPECIES_PREFERRED;
    private static final int STEP = SPECIES.vectorByteSize();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    /** Smaller work is done by the calling thread. */
    private static final long ALONE = 1 << 20;
    private static final int BLOCK = 1 << 16;

    private interface Block {
        void run(long start, int bytes);
    }

    @SuppressWarnings("unused") // kept so that their memory is
    private final List<Array> arrays;
    private final MemorySegment first;
    private final MemorySegment second;
    private final MemorySegment target;

    private Yardstick(Array first, Array second, Array target) {
        arrays = List.of(first, second, target);
        this.first = memory(first);
        this.second = memory(second);
        this.target = memory(target);
    }

    /** Loops that read {@code from} and write {@code to}. */
    static Yardstick of(Array from, Array to) {
        return new Yardstick(from, from, to);
    }

    /** Loops that read two arrays and write {@code to}, of which an element takes as many bytes, or half as many. */
    static Yardstick of(Array first, Array second, Array to) {
        return new Yardstick(first, second, to);
    }

    /** Copies the first array. */
    void copy() {
        split(target.byteSize(), (start, bytes) -> copy(first, target, start, bytes));
    }

    /** Reads two arrays and writes one. */
    void merge() {
        if (first.byteSize() == target.byteSize()) {
            split(target.byteSize(), (start, bytes) -> merge(first, second, target, start, bytes));
        } else {
            split(target.byteSize(), (start, bytes) -> mergeToHalf(first, second, target, start, bytes));
        }
    }

    /** Reads the first array, and returns something that depends on all of it. */
    long read() {
        LongAdder sum = new LongAdder();
        split(first.byteSize(), (start, bytes) -> sum.add(read(first, start, bytes)));
        return sum.sum();
    }

    private static void copy(MemorySegment from, MemorySegment to, long start, int bytes) {
        for (int i = 0; i < bytes; i += STEP) {
            load(from, start + i).intoMemorySegment(to, start + i, ORDER);
        }
    }

    private static void merge(MemorySegment a, MemorySegment b, MemorySegment to, long start, int bytes) {
        for (int i = 0; i < bytes; i += STEP) {
            load(a, start + i).lanewise(VectorOperators.XOR, load(b, start + i)).intoMemorySegment(to, start + i,
                    ORDER);
        }
    }

    private static void mergeToHalf(MemorySegment a, MemorySegment b, MemorySegment to, long start, int bytes) {
        for (int i = 0; i < bytes; i += STEP) {
            long at = 2 * (start + i);
            LongVector low = load(a, at).lanewise(VectorOperators.XOR, load(b, at));
            LongVector high = load(a, at + STEP).lanewise(VectorOperators.XOR, load(b, at + STEP));
            low.lanewise(VectorOperators.XOR, high).intoMemorySegment(to, start + i, ORDER);
        }
    }

    private static long read(MemorySegment from, long start, int bytes) {
        LongVector even = LongVector.zero(SPECIES);
        LongVector odd = even;
        for (int i = 0; i < bytes; i += 2 * STEP) {
            even = even.lanewise(VectorOperators.XOR, load(from, start + i));
            odd = odd.lanewise(VectorOperators.XOR, load(from, start + i + STEP));
        }
        return even.lanewise(VectorOperators.XOR, odd).reduceLanes(VectorOperators.XOR);
    }

    private static LongVector load(MemorySegment from, long at) {
        return LongVector.fromMemorySegment(SPECIES, from, at, ORDER);
    }

    /** Splits {@code bytes}, a multiple of 4 KiB or less than a block, between the processors. */
    private static void split(long bytes, Block block) {
        int parts = bytes < ALONE ? 1 : Runtime.getRuntime().availableProcessors();
        if (parts == 1) {
            run(0, bytes, block);
            return;
        }
        long part = Math.ceilDiv(bytes / BLOCK, parts) * BLOCK;
        IntStream.range(0, parts).parallel().forEach(i -> run(i * part, Math.min(bytes, (i + 1) * part), block));
    }

    private static void run(long start, long end, Block block) {
        for (long at = start; at < end; at += BLOCK) {
            block.run(at, (int) Math.min(BLOCK, end - at));
        }
    }

    /** The memory of an evaluated array, to be overwritten. */
    @SuppressWarnings("restricted") // the array outlives the segment
    static MemorySegment memory(Array array) {
        MemorySegment readOnly = array.asMemorySegment();
        if (readOnly.address() != array.asMemorySegment().address()) {
            throw new IllegalArgumentException("The elements do not lie row-major; a copy of them is no yardstick.");
        }
        return MemorySegment.ofAddress(readOnly.address()).reinterpret(readOnly.byteSize());
    }
}
