package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.vector.Lanes.FLOAT_COUNT;
import static jdk.incubator.vector.VectorOperators.LSHL;

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

    /** The later of two bfloat16s that are read as an int, as a float. */
    private static final int UPPER = 0xFFFF_0000;

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
        int whole = runs < SIDE ? 0 : switch (type) {
            case F32 -> floats(source, stride, length, target, targetStride);
            case F16 -> widened(type, source, stride, length, target, targetStride);
            case BF16 -> pairs(source, stride, length, target, targetStride);
            case F64 -> throw new IllegalArgumentException("float64 is not widened to float32");
        };
        for (int r = 0; r < runs; r++) {
            for (int i = whole; i < length; i++) {
                Elements.putFloat(target + i * targetStride + 4L * r,
                        Elements.get(type, source + r * stride + (long) i * type.bytes()));
            }
        }
    }

    /** Transposes whole squares; returns how many elements of each run that are, as the others do. */
    private int floats(long source, long stride, int length, long target, long targetStride) {
        int whole = length / SIDE * SIDE;
        for (int i = 0; i < whole; i += SIDE) {
            store(rounds(source + 4L * i, stride), target + i * targetStride, targetStride);
        }
        return whole;
    }

    private int widened(ElementType type, long source, long stride, int length, long target, long targetStride) {
        int whole = length / SIDE * SIDE;
        for (int r = 0; r < SIDE; r++) {
            Widening.widen(type, source + r * stride, widened + r * RUN_BYTES, whole);
        }
        return floats(widened, RUN_BYTES, whole, target, targetStride);
    }

    /** Pairs of bfloat16s are transposed as ints; each row of those has two rows of floats in it. */
    private int pairs(long source, long stride, int length, long target, long targetStride) {
        int whole = length / (2 * SIDE) * (2 * SIDE);
        for (int i = 0; i < whole; i += 2 * SIDE) {
            storePairs(rounds(source + 2L * i, stride), target + i * targetStride, targetStride);
        }
        return whole;
    }

    /** All rounds but the last of the square of ints at {@code source}. */
    private int[] rounds(long source, long stride) {
        load(source, stride, even);
        int[] from = even;
        int[] to = odd;
        for (int round = 2; round < ROUNDS; round++) {
            shuffle(from, to);
            int[] swap = from;
            from = to;
            to = swap;
        }
        return from;
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

    /** The last round of pairs. */
    private static void storePairs(int[] from, long target, long stride) {
        for (int i = 0; i < SIDE / 2; i++) {
            IntVector upper = IntVector.fromArray(INTS, from, i * SIDE);
            IntVector lower = IntVector.fromArray(INTS, from, (i + SIDE / 2) * SIDE);
            IntVector first = FIRST.selectFrom(upper, lower);
            IntVector second = SECOND.selectFrom(upper, lower);
            Lanes.store(first.lanewise(LSHL, 16), target + 4 * i * stride);
            Lanes.store(first.and(UPPER), target + (4 * i + 1) * stride);
            Lanes.store(second.lanewise(LSHL, 16), target + (4 * i + 2) * stride);
            Lanes.store(second.and(UPPER), target + (4 * i + 3) * stride);
        }
    }
}
