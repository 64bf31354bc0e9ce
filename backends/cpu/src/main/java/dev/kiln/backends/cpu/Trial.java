package dev.kiln.backends.cpu;

import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * Runs new code over a row of its own until the JIT compiler has made it faster than the loops are. Trials take turns, since the
 * compiler goes on between them and one of them may never win.
 *
 * <p>
 * While C2 is busy the JVM has methods compiled by C1 without a profile, to be compiled with one later. C1 cannot do that for the
 * largest (it runs out of virtual registers), which then stay as they are for good. So where code does not become fast, the same
 * code in another class is tried.
 */
final class Trial implements Runnable {

    private static final System.Logger LOG = System.getLogger(Trial.class.getName());
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** How long a class is tried, and how many of them are. */
    static final long ATTEMPT_NANOS = TimeUnit.SECONDS.toNanos(2);
    static final int ATTEMPTS = 4;
    private static final int WINS = 500;
    /** Code that is nearly as fast as the loops has been compiled; after so many rows it will not become any faster. */
    private static final int NEARLY = 5000;
    /** Any value that is normal in each dtype: a float of these bytes is 0.01, a float16 is 1. */
    private static final byte FILL = 0x3C;

    private final Generated generated;
    private final int columns;
    private final long attemptNanos;
    private final MemorySegment memory;
    private Generated.Code code;
    private int attempt = 1;
    /** On this attempt. */
    private long spent;
    private int wins;
    private int nearly;

    Trial(Generated generated, Generated.Code code, int columns, long attemptNanos) {
        this.generated = generated;
        this.code = code;
        this.columns = columns;
        this.attemptNanos = attemptNanos;
        memory = Arena.ofAuto().allocate((long) columns * Float.BYTES * code.places(), 64).fill(FILL);
    }

    @Override
    public void run() {
        try {
            if (!turn()) {
                Generated.BACKGROUND.execute(this);
            }
        } catch (RuntimeException | Error failed) { // the loops go on
            LOG.log(Level.WARNING, "No code for " + generated, failed);
        }
    }

    /** Goes on for a while; true when it is decided which way is the faster. */
    boolean turn() {
        RowMemory own = RowMemory.lend(code, columns);
        for (int i = 0; i < code.places(); i++) {
            own.at()[i] = memory.address() + (long) i * columns * Float.BYTES;
        }
        long start = System.nanoTime();
        long now = start;
        while (wins < WINS && nearly < NEARLY && now - start < TURN_NANOS) {
            code.code().run(own.at(), own.row(), own.staged(), columns - 1); // a rest is to be no news for the compiler
            long begin = System.nanoTime();
            code.code().run(own.at(), own.row(), own.staged(), columns);
            now = System.nanoTime();
            double each = (double) (now - begin) / columns;
            wins += generated.isFaster(each) ? 1 : 0;
            nearly += generated.isFaster(each / 2) ? 1 : 0;
        }
        own.giveBack();
        spent += now - start;
        if (wins == WINS) {
            generated.takeOver(code);
        }
        boolean decided = wins == WINS || nearly == NEARLY || spent > attemptNanos && !tryAnother();
        if (decided) {
            LOG.log(Level.DEBUG, "{0} in attempt {1}: {2}", wins == WINS ? "Takes over" : "Never became faster",
                    attempt, generated);
        }
        return decided;
    }

    /** What is tried at present. */
    RowCode tried() {
        return code.code();
    }

    private boolean tryAnother() {
        if (attempt == ATTEMPTS) {
            return false;
        }
        attempt++;
        spent = 0;
        wins = 0;
        nearly = 0;
        code = generated.write().orElseThrow();
        return true;
    }
}
