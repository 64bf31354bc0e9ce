package dev.kiln.backends.cpu;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The code generated for one formula, shared by all programs of that formula whose rows are about as long.
 *
 * <p>
 * Code of the Vector API that the JIT compiler has not yet compiled is thousands of times slower than code it has. So a program
 * begins with the shared loops. When those have done enough work for one formula, a thread in the background generates a class
 * and runs it on memory of its own until it is faster than the loops were; only then does it take over.
 */
final class Generated {

    private static final System.Logger LOG = System.getLogger(Generated.class.getName());
    private static final Cache<Key, Generated> CACHE = CacheBuilder.newBuilder().maximumSize(1024).build();
    static final ThreadPoolExecutor BACKGROUND = background();

    /** Elements that the loops compute before code is generated: more than it takes each of them to become a {@link Handover}. */
    private static final long HOT = 1 << 26;
    /** What a launch counts at least, however few its elements are, and at most: what runs once is not worth a class. */
    private static final long LEAST_OF_A_LAUNCH = 1 << 15;
    private static final long MOST_OF_A_LAUNCH = HOT / 16;

    /**
     * What is shared.
     *
     * @param size of rows: where a call is most of the work, other code is the faster than where it is next to nothing
     */
    private record Key(Formula formula, int size) {
        static Key of(Formula formula, int columns) {
            return new Key(formula, (Integer.SIZE - Integer.numberOfLeadingZeros(columns)) / 2);
        }
    }

    private final Formula formula;
    private final Passes passes;
    private final AtomicLong work = new AtomicLong();
    /** The least time an element has taken the loops lately, in nanoseconds. */
    private volatile double best = Double.POSITIVE_INFINITY;
    private volatile @Nullable Code code;

    /**
     * Code that is ready.
     *
     * @param places how many arrays are read and written
     * @param loads the numbers of those that are widened before the code runs
     * @param stores the numbers of those that are narrowed when it has run
     * @param scratches how many scratch areas it needs
     * @param numbers how many numbers a row has
     */
    @SuppressWarnings("ArrayRecordComponent") // read at each launch, never written
    record Code(RowCode code, int places, int[] loads, int[] stores, int scratches, int numbers) {}

    private Generated(Formula formula) {
        this.formula = formula;
        passes = Passes.of(formula);
    }

    /**
     * Of a formula, for rows or pieces of {@code columns}; made outside of the cache, where an error would leave all who ask for
     * the same waiting for ever.
     */
    static Generated of(Formula formula, int columns) {
        Key key = Key.of(formula, columns);
        Generated known = CACHE.getIfPresent(key);
        if (known != null) {
            return known;
        }
        Generated made = new Generated(formula);
        return Objects.requireNonNullElse(CACHE.asMap().putIfAbsent(key, made), made);
    }

    /** The code, once it is the faster way. */
    @Nullable
    Code code() {
        return code;
    }

    /** Tells that the loops have computed {@code elements} in {@code nanos}. */
    void took(long elements, long nanos) {
        double each = (double) nanos / Math.max(1, elements);
        if (each < best) {
            best = each;
        }
    }

    /** Counts a launch that has computed {@code elements} with the loops; true when it is time to {@link #begin}. */
    boolean becomesHot(long elements) {
        long counted = Math.min(elements + LEAST_OF_A_LAUNCH, MOST_OF_A_LAUNCH);
        long before = work.getAndAdd(counted);
        return before < HOT && before + counted >= HOT;
    }

    /** Has code generated and tried, in rows or pieces of {@code columns}. */
    void begin(int columns) {
        BACKGROUND.execute(() -> generate(columns));
    }

    /** The code at once, whatever its speed. */
    Optional<Code> write() {
        int reads = formula.reads().size();
        int[] loads = formula.terms().stream()
                .mapToInt(term -> term instanceof Formula.Read read && read.staged() ? read.input() : -1)
                .filter(place -> place >= 0).toArray();
        int[] stores = IntStream.range(0, formula.stores().size()).filter(i -> formula.stores().get(i).staged())
                .map(i -> reads + i).toArray();
        return Loops.get().write(formula, passes).map(written -> new Code(written, reads + formula.stores().size(),
                loads, stores, passes.kept().size(), formula.terms().size()));
    }

    /** When the loops are as fast as they will be, and in a contest with what they do from then on. */
    private void generate(int columns) {
        if (Handover.isUnderWay()) {
            begin(columns);
            return;
        }
        best = Double.POSITIVE_INFINITY;
        try {
            write().ifPresent(written -> new Trial(this, written, columns, Trial.ATTEMPT_NANOS).run());
        } catch (RuntimeException | Error failed) { // the loops go on
            LOG.log(Level.WARNING, "No code for " + formula, failed);
        }
    }

    /** Whether an element is now computed in less time than the loops ever took; not if nobody knows. */
    boolean isFaster(double nanosPerElement) {
        double loops = best;
        return nanosPerElement < loops && loops < Double.POSITIVE_INFINITY;
    }

    void takeOver(Code ready) {
        code = ready;
    }

    @Override
    public String toString() {
        return formula.toString();
    }

    private static ThreadPoolExecutor background() {
        ThreadPoolExecutor one = new ThreadPoolExecutor(1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                task -> {
                    Thread thread = new Thread(task, "kiln-generator");
                    thread.setDaemon(true);
                    return thread;
                });
        one.allowCoreThreadTimeOut(true);
        return one;
    }
}
