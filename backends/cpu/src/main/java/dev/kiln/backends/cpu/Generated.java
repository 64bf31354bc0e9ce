package dev.kiln.backends.cpu;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.util.concurrent.UncheckedExecutionException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The code generated for one formula, shared by all programs of that formula, whatever their shapes.
 *
 * <p>
 * Code of the Vector API that the JIT compiler has not yet compiled is thousands of times slower than code it has. So a program
 * begins with the shared loops. When those have done enough work for one formula, a thread in the background generates a class
 * and runs it on memory of its own until it is faster than the loops were; only then does it take over.
 */
final class Generated {

    private static final System.Logger LOG = System.getLogger(Generated.class.getName());
    private static final Cache<Formula, Generated> CACHE = CacheBuilder.newBuilder().maximumSize(1024).build();
    private static final ThreadPoolExecutor BACKGROUND = background();

    /** Elements that the loops compute before code is generated, each launch counting as some. */
    private static final long HOT = 1 << 20;
    private static final long PER_LAUNCH = 1 << 11;
    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int WINS = 3;
    /** Any value that is normal in each dtype: a float of these bytes is 0.01, a float16 is 1. */
    private static final byte FILL = 0x3C;

    private final Formula formula;
    private final Passes passes;
    private final AtomicLong work = new AtomicLong();
    /** The least time an element has taken the loops, in nanoseconds. */
    private volatile double best = Double.POSITIVE_INFINITY;
    private volatile @Nullable Code code;

    /**
     * Code that is ready.
     *
     * @param places how many arrays are read and written
     * @param scratches how many scratch areas it needs
     * @param numbers how many numbers a row has
     */
    record Code(RowCode code, int places, int scratches, int numbers) {}

    private Generated(Formula formula) {
        this.formula = formula;
        passes = Passes.of(formula);
    }

    static Generated of(Formula formula) {
        try {
            return CACHE.get(formula, () -> new Generated(formula));
        } catch (ExecutionException | UncheckedExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The code, once it is the faster way. */
    @Nullable
    Code code() {
        return code;
    }

    /** Tells that the loops have computed {@code elements} in {@code nanos}, in rows or pieces of {@code columns}. */
    void count(long elements, long nanos, int columns) {
        double each = (double) nanos / elements;
        if (each < best) {
            best = each;
        }
        long before = work.getAndAdd(elements + PER_LAUNCH);
        if (before < HOT && before + elements + PER_LAUNCH >= HOT) {
            BACKGROUND.execute(() -> generate(columns));
        }
    }

    /** The code at once, whatever its speed. */
    Optional<Code> write() {
        return Loops.get().write(formula, passes).map(written -> new Code(written,
                formula.reads().size() + formula.stores().size(), passes.kept().size(), formula.terms().size()));
    }

    private void generate(int columns) {
        try {
            write().ifPresent(written -> {
                if (wins(written, columns)) {
                    code = written;
                }
            });
        } catch (RuntimeException | Error failed) { // the loops go on
            LOG.log(Level.WARNING, "No code for " + formula, failed);
        }
    }

    private boolean wins(Code written, int columns) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate((long) columns * Double.BYTES * written.places(), 64).fill(FILL);
            RowMemory own = RowMemory.lend(written, columns);
            for (int i = 0; i < written.places(); i++) {
                own.at()[i] = memory.address() + (long) i * columns * Double.BYTES;
            }
            long start = System.nanoTime();
            int wins = 0;
            long now = start;
            int last = columns - (columns > 1 ? 1 : 0);
            while (wins < WINS && now - start < GIVE_UP_NANOS) {
                written.code().run(own.at(), own.row(), last); // the end of a row is not to be news for the compiler
                long begin = System.nanoTime();
                written.code().run(own.at(), own.row(), columns);
                now = System.nanoTime();
                wins = (double) (now - begin) / columns < best ? wins + 1 : 0;
            }
            own.giveBack();
            LOG.log(Level.DEBUG, "{0} took {1} ms to become faster than loops: {2}", wins == WINS ? "Code" : "No code",
                    (now - start) / 1_000_000, formula);
            return wins == WINS;
        }
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
