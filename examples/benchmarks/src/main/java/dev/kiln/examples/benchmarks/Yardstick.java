package dev.kiln.examples.benchmarks;

import dev.kiln.ops.Array;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
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

    private Yardstick() {}

    /** Copies the bytes of {@code from}. */
    static void copy(Array from, Array to) {
        MemorySegment source = memory(from);
        MemorySegment target = memory(to);
        split(target.byteSize(), (start, bytes) -> copy(source, target, start, bytes));
    }

    /** Reads two arrays and writes one, of which an element takes as many bytes, or half as many. */
    static void merge(Array a, Array b, Array to) {
        MemorySegment first = memory(a);
        MemorySegment second = memory(b);
        MemorySegment target = memory(to);
        if (first.byteSize() == target.byteSize()) {
            split(target.byteSize(), (start, bytes) -> merge(first, second, target, start, bytes));
        } else {
            split(target.byteSize(), (start, bytes) -> mergeToHalf(first, second, target, start, bytes));
        }
    }

    /** Reads the bytes of {@code from}, and returns something that depends on all of them. */
    static long read(Array from) {
        MemorySegment source = memory(from);
        long[] sums = new long[1];
        split(source.byteSize(), (start, bytes) -> {
            long sum = read(source, start, bytes);
            if (sum == Long.MIN_VALUE) {
                sums[0] = sum;
            }
        });
        return sums[0];
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

    /** The memory of an evaluated array, to be overwritten: nobody reads the arrays of a yardstick. */
    private static MemorySegment memory(Array array) {
        MemorySegment readOnly = array.asMemorySegment();
        return MemorySegment.ofAddress(readOnly.address()).reinterpret(readOnly.byteSize());
    }
}
