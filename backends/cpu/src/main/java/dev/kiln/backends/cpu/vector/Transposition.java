package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.Lanes.FLOAT_COUNT;

import dev.kiln.backends.cpu.Elements;
import dev.kiln.backends.cpu.ElementType;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes matrices of 32- and 16-bit elements into float32. An instance owns its buffers and serves one thread at a time.
 *
 * <p>Square blocks as wide as a vector are transposed as cards are shuffled: interleaving the first half of the rows with
 * the second half, element by element, as often as the side has bits, leaves columns where rows were.
 */
final class Transposition {

    private static final VectorSpecies<Integer> INTS = Lanes.INTS;
    private static final int SIDE = FLOAT_COUNT;
    /** A side of two, four, eight, … takes so many rounds. */
    private static final int ROUNDS = Integer.numberOfTrailingZeros(SIDE);
    private static final IntVector FIRST = interleaving(0);
    private static final IntVector SECOND = interleaving(SIDE / 2);

    /** Elements of a run that are widened at a time. */
    private static final int RUN = 256;
    /** A cache line more than a run, so that runs do not compete for the same places in the cache. */
    private static final long RUN_BYTES = RUN * (long) Float.BYTES + 64;

    private final int[] even = new int[SIDE * SIDE];
    private final int[] odd = new int[SIDE * SIDE];
    private final Scratch memory = new Scratch();
    private final long widened = memory.reserve(SIDE * RUN_BYTES);

    private static IntVector interleaving(int start) {
        int[] lanes = new int[SIDE];
        for (int i = 0; i < SIDE; i++) {
            lanes[i] = start + i / 2 + i % 2 * SIDE;
        }
        return IntVector.fromArray(INTS, lanes, 0);
    }

    /**
     * Writes element {@code i} of run {@code r} as float32 to {@code target + i * targetStride + 4 * r}.
     *
     * @param stride bytes from one run to the next; the elements of a run are contiguous
     */
    void transpose(ElementType type, long source, long stride, int runs, int length, long target, long targetStride) {
        for (int r = 0; r < runs; r += SIDE) {
            for (int i = 0; i < length; i += RUN) {
                strip(type, source + r * stride + (long) i * type.bytes(), stride, Math.min(SIDE, runs - r),
                        Math.min(RUN, length - i), target + i * targetStride + 4L * r, targetStride);
            }
        }
    }

    private void strip(ElementType type, long source, long stride, int runs, int length, long target,
            long targetStride) {
        int whole = 0;
        if (runs == SIDE) {
            whole = length / SIDE * SIDE;
            boolean wide = type == ElementType.F32;
            for (int r = 0; r < SIDE && !wide; r++) {
                Widening.widen(type, source + r * stride, widened + r * RUN_BYTES, whole);
            }
            long from = wide ? source : widened;
            long fromStride = wide ? stride : RUN_BYTES;
            for (int i = 0; i < whole; i += SIDE) {
                square(from + 4L * i, fromStride, target + i * targetStride, targetStride);
            }
        }
        for (int r = 0; r < runs; r++) {
            for (int i = whole; i < length; i++) {
                Elements.putFloat(target + i * targetStride + 4L * r,
                        Elements.get(type, source + r * stride + (long) i * type.bytes()));
            }
        }
    }

    private void square(long source, long sourceStride, long target, long targetStride) {
        load(source, sourceStride, even);
        int[] from = even;
        int[] to = odd;
        for (int round = 2; round < ROUNDS; round++) {
            shuffle(from, to);
            int[] swap = from;
            from = to;
            to = swap;
        }
        store(from, target, targetStride);
    }

    /** The first round, on its way from memory. */
    private static void load(long source, long stride, int[] to) {
        for (int i = 0; i < SIDE / 2; i++) {
            IntVector upper = Lanes.loadInts(source + i * stride);
            IntVector lower = Lanes.loadInts(source + (i + SIDE / 2) * stride);
            FIRST.selectFrom(upper, lower).intoArray(to, 2 * i * SIDE);
            SECOND.selectFrom(upper, lower).intoArray(to, (2 * i + 1) * SIDE);
        }
    }

    private static void shuffle(int[] from, int[] to) {
        for (int i = 0; i < SIDE / 2; i++) {
            IntVector upper = IntVector.fromArray(INTS, from, i * SIDE);
            IntVector lower = IntVector.fromArray(INTS, from, (i + SIDE / 2) * SIDE);
            FIRST.selectFrom(upper, lower).intoArray(to, 2 * i * SIDE);
            SECOND.selectFrom(upper, lower).intoArray(to, (2 * i + 1) * SIDE);
        }
    }

    /** The last round, on its way to memory. */
    private static void store(int[] from, long target, long stride) {
        for (int i = 0; i < SIDE / 2; i++) {
            IntVector upper = IntVector.fromArray(INTS, from, i * SIDE);
            IntVector lower = IntVector.fromArray(INTS, from, (i + SIDE / 2) * SIDE);
            Lanes.store(FIRST.selectFrom(upper, lower), target + 2 * i * stride);
            Lanes.store(SECOND.selectFrom(upper, lower), target + (2 * i + 1) * stride);
        }
    }
}
