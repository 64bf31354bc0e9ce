package dev.kiln.backends.cpu;

import dev.kiln.graph.Kernel;
import dev.kiln.graph.Layout;
import dev.kiln.graph.OffHeap;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.ops.RandomBits;
import dev.kiln.ops.Threefry;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Fills each key's array with words, a block of counters at a time; see {@link RandomBits} for the order.
 *
 * @param keys where the first word of each key is
 * @param secondWord how far its second word is behind the first
 * @param bytes of one key's array
 */
record RandomBitsKernel(Walk keys, long keyCount, long secondWord, long bytes) implements Kernel {

    /** A word costs about as much as moving this many bytes. */
    private static final int COST = 8;

    static RandomBitsKernel of(RandomBits primitive, Work.Single work) {
        Work.Operand keys = work.inputs().getFirst();
        Shape shape = keys.spec().shape();
        int last = shape.rank() - 1;
        Layout layout = keys.layout();
        Shape leading = Shape.shape(Arrays.copyOf(shape.toArray(), last));
        return new RandomBitsKernel(
                Walk.of(leading, new Layout(0, layout.strides().subArray(0, last)), Integer.BYTES), leading.size(),
                layout.stride(last) * Integer.BYTES, primitive.shape().size() * primitive.width());
    }

    private long words() {
        return Math.ceilDiv(bytes, Integer.BYTES);
    }

    private long counters() {
        return Math.ceilDiv(words(), 2);
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        long blocksPerKey = Math.ceilDiv(counters(), Threefry.BLOCK);
        long blocks = blocksPerKey * keyCount;
        int tasks = Tasks.count(blocks, (double) COST * bytes * keyCount);
        Workers.shared().run(tasks, task -> {
            int[] words = new int[2 * Threefry.BLOCK];
            long end = Tasks.start(blocks, tasks, task + 1);
            for (long block = Tasks.start(blocks, tasks, task); block < end; block++) {
                long number = block / blocksPerKey;
                fill(words, block % blocksPerKey * Threefry.BLOCK, addresses[0] + keys.offset(number),
                        addresses[1] + number * bytes);
            }
        });
    }

    /** Computes the counters from {@code begin} on, as many as a block has, and puts their words where they belong. */
    private void fill(int[] words, long begin, long key, long out) {
        long half = words() / 2;
        long distance = words() - half;
        int n = (int) Math.min(Threefry.BLOCK, counters() - begin);
        int pairs = (int) Math.min(n, half - begin);
        for (int i = 0; i < n; i++) {
            words[i] = (int) (begin + i);
            words[i + Threefry.BLOCK] = i < pairs ? (int) (begin + i + distance) : 0;
        }
        Threefry.hash(OffHeap.ALL.get(Unaligned.INT, key), OffHeap.ALL.get(Unaligned.INT, key + secondWord), words, n);
        write(words, 0, n, out, begin);
        write(words, Threefry.BLOCK, pairs, out, begin + distance);
    }

    private void write(int[] words, int from, int n, long out, long word) {
        int whole = Math.clamp(bytes / Integer.BYTES - word, 0, n);
        MemorySegment.copy(words, from, OffHeap.ALL, Unaligned.INT, out + word * Integer.BYTES, whole);
        if (whole < n) { // the bytes that are left of the last word
            int last = words[from + whole];
            for (long at = (word + whole) * Integer.BYTES; at < bytes; at++) {
                OffHeap.ALL.set(Unaligned.BYTE, out + at, (byte) last);
                last >>>= Byte.SIZE;
            }
        }
    }
}
