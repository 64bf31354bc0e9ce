package dev.kiln.backends.cpu.vector;

import static dev.kiln.backends.cpu.Elements.ALL;
import static dev.kiln.backends.cpu.vector.Lanes.FLOAT_COUNT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.kiln.backends.cpu.Elements;
import dev.kiln.backends.cpu.ElementType;
import dev.kiln.backends.cpu.Pool;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes matrices of 32- and 16-bit elements, as they are or widened to float32. An instance owns its buffers and serves one
 * thread at a time.
 *
 * <p>Square blocks as wide as a vector are transposed as cards are shuffled: interleaving the first half of the rows with
 * the second half, element by element, as often as the side has bits, leaves columns where rows were.
 */
final class Transposition {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final VectorSpecies<Integer> INTS = Lanes.INTS;
    private static final int SIDE = FLOAT_COUNT;
    /** A side of two, four, eight, … takes so many rounds. */
    private static final int ROUNDS = Integer.numberOfTrailingZeros(SIDE);
    private static final IntVector FIRST = interleaving(0);
    private static final IntVector SECOND = interleaving(SIDE / 2);

    /** The later of two bfloat16s that are read as an int, as a float. */
    private static final int UPPER = 0xFFFF_0000;
    private static final int LOWER = 0xFFFF;
    /** The side of a square of shorts. */
    private static final int PAIRS = 2 * SIDE;

    /** Elements of a run that are widened at a time. */
    private static final int RUN = 256;
    /** A cache line more than a run, so that runs do not compete for the same places in the cache. */
    private static final long RUN_BYTES = RUN * (long) Float.BYTES + 64;

    private static final long SQUARE_BYTES = (long) SIDE * Lanes.BYTES;

    private static final Pool<Transposition> IDLE = new Pool<>(
            Math.max(4, Runtime.getRuntime().availableProcessors()), Transposition::new);

    private final Scratch memory = new Scratch();
    /** A square between rounds lies on cache lines, which arrays of Java do not: each of its vectors would cross from one to another. */
    private final long square = memory.reserve(SQUARE_BYTES + SIDE * RUN_BYTES);
    private final long widened = square + SQUARE_BYTES;

    private static IntVector interleaving(int start) {
        int[] lanes = new int[SIDE];
        for (int i = 0; i < SIDE; i++) {
            lanes[i] = start + i / 2 + i % 2 * SIDE;
        }
        return IntVector.fromArray(INTS, lanes, 0);
    }

    private Transposition() {}

    /**
     * Writes element {@code i} of run {@code r} as float32 to {@code target + i * targetStride + 4 * r}.
     *
     * @param stride bytes from one run to the next; the elements of a run are contiguous
     */
    static void toFloats(ElementType type, long source, long stride, int runs, int length, long target,
            long targetStride) {
        Transposition transposition = IDLE.acquire();
        transposition.transpose(type, source, stride, runs, length, target, targetStride);
        IDLE.release(transposition);
    }

    /** The same of any elements of 32 bits. */
    static void ints(long source, long stride, int runs, int length, long target, long targetStride) {
        toFloats(ElementType.F32, source, stride, runs, length, target, targetStride);
    }

    /** The same of any elements of 16 bits, which are written as such, to {@code target + i * targetStride + 2 * r}. */
    static void shorts(long source, long stride, int runs, int length, long target, long targetStride) {
        int wholeRuns = runs / PAIRS * PAIRS;
        int wholeLength = length / PAIRS * PAIRS;
        Transposition transposition = IDLE.acquire();
        for (int r = 0; r < wholeRuns; r += PAIRS) {
            for (int i = 0; i < wholeLength; i += PAIRS) {
                transposition.square(source + r * stride + 2L * i, stride, target + i * targetStride + 2L * r,
                        targetStride);
            }
        }
        IDLE.release(transposition);
        for (int r = 0; r < runs; r++) {
            for (int i = r < wholeRuns ? wholeLength : 0; i < length; i++) {
                ALL.set(SHORT, target + i * targetStride + 2L * r, ALL.get(SHORT, source + r * stride + 2L * i));
            }
        }
    }

    /**
     * Transposes pairs of shorts as ints, those of even and of odd runs apart: then each int has neighbours of one run, and the same int
     * of both squares the neighbours of two rows.
     */
    private void square(long source, long stride, long target, long targetStride) {
        long even = widened;
        long odd = widened + SQUARE_BYTES;
        begin(source, 2 * stride);
        two(square, Lanes.BYTES, even, Lanes.BYTES);
        begin(source + stride, 2 * stride);
        two(square, Lanes.BYTES, odd, Lanes.BYTES);
        join(even, odd, target, targetStride);
    }

    /** Apart: in one method with the shuffles the compiler stops inlining here, and boxes (1 ns an element instead of 0.25). */
    private static void join(long even, long odd, long target, long targetStride) {
        for (int i = 0; i < SIDE; i++) {
            IntVector first = Lanes.loadInts(even + (long) i * Lanes.BYTES);
            IntVector second = Lanes.loadInts(odd + (long) i * Lanes.BYTES);
            long row = target + 2 * i * targetStride;
            Lanes.store(first.and(LOWER).or(second.lanewise(LSHL, 16)), row);
            Lanes.store(first.lanewise(LSHR, 16).or(second.and(UPPER)), row + targetStride);
        }
    }

    private void transpose(ElementType type, long source, long stride, int runs, int length, long target,
            long targetStride) {
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
            begin(source + 4L * i, stride);
            two(square, Lanes.BYTES, target + i * targetStride, targetStride);
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
            begin(source + 2L * i, stride);
            twoOfPairs(square, target + i * targetStride, targetStride);
        }
        return whole;
    }

    /** All rounds but the last two, of the square of ints at {@code source}. */
    private void begin(long source, long stride) {
        switch (ROUNDS) {
            case 4 -> two(source, stride, square, Lanes.BYTES);
            case 3 -> one(source, stride, square);
            case 2 -> none(source, stride, square);
            default -> throw new IllegalStateException("vectors of " + SIDE + " ints");
        }
    }

    private static void none(long source, long stride, long to) {
        for (int i = 0; i < SIDE; i++) {
            Lanes.store(Lanes.loadInts(source + i * stride), to + (long) i * Lanes.BYTES);
        }
    }

    private static void one(long source, long stride, long to) {
        for (int i = 0; i < SIDE / 2; i++) {
            IntVector upper = Lanes.loadInts(source + i * stride);
            IntVector lower = Lanes.loadInts(source + (i + SIDE / 2) * stride);
            long at = to + 2L * i * Lanes.BYTES;
            Lanes.store(FIRST.selectFrom(upper, lower), at);
            Lanes.store(SECOND.selectFrom(upper, lower), at + Lanes.BYTES);
        }
    }

    /** Two rounds at once: rows that are a quarter of the side apart meet each other only. */
    private static void two(long source, long stride, long target, long targetStride) {
        for (int i = 0; i < SIDE / 4; i++) {
            IntVector a = Lanes.loadInts(source + i * stride);
            IntVector b = Lanes.loadInts(source + (i + SIDE / 4) * stride);
            IntVector c = Lanes.loadInts(source + (i + SIDE / 2) * stride);
            IntVector d = Lanes.loadInts(source + (i + 3 * SIDE / 4) * stride);
            IntVector upper = FIRST.selectFrom(a, c);
            IntVector lower = FIRST.selectFrom(b, d);
            Lanes.store(FIRST.selectFrom(upper, lower), target + 4 * i * targetStride);
            Lanes.store(SECOND.selectFrom(upper, lower), target + (4 * i + 1) * targetStride);
            upper = SECOND.selectFrom(a, c);
            lower = SECOND.selectFrom(b, d);
            Lanes.store(FIRST.selectFrom(upper, lower), target + (4 * i + 2) * targetStride);
            Lanes.store(SECOND.selectFrom(upper, lower), target + (4 * i + 3) * targetStride);
        }
    }

    /** The last two rounds of pairs. */
    private static void twoOfPairs(long source, long target, long targetStride) {
        for (int i = 0; i < SIDE / 4; i++) {
            IntVector a = Lanes.loadInts(source + (long) i * Lanes.BYTES);
            IntVector b = Lanes.loadInts(source + (i + SIDE / 4L) * Lanes.BYTES);
            IntVector c = Lanes.loadInts(source + (i + SIDE / 2L) * Lanes.BYTES);
            IntVector d = Lanes.loadInts(source + (i + 3L * SIDE / 4) * Lanes.BYTES);
            IntVector upper = FIRST.selectFrom(a, c);
            IntVector lower = FIRST.selectFrom(b, d);
            storePair(FIRST.selectFrom(upper, lower), target + 8 * i * targetStride, targetStride);
            storePair(SECOND.selectFrom(upper, lower), target + (8 * i + 2) * targetStride, targetStride);
            upper = SECOND.selectFrom(a, c);
            lower = SECOND.selectFrom(b, d);
            storePair(FIRST.selectFrom(upper, lower), target + (8 * i + 4) * targetStride, targetStride);
            storePair(SECOND.selectFrom(upper, lower), target + (8 * i + 6) * targetStride, targetStride);
        }
    }

    private static void storePair(IntVector pair, long target, long stride) {
        Lanes.store(pair.lanewise(LSHL, 16), target);
        Lanes.store(pair.and(UPPER), target + stride);
    }
}
