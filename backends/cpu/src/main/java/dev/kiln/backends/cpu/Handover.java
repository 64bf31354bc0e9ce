package dev.kiln.backends.cpu;

import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VolatileCallSite;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A loop in two forms that give the same bits: over single elements, which the JIT compiler makes fast within milliseconds, and over
 * vectors, which takes it much longer and where until then each operation takes about a microsecond. It begins in the first form. If
 * there is enough to do, a thread in the background runs the second one until it is fast; then that takes over.
 *
 * @param <L> the kind of loop, an interface with one method whose last parameter is the number of elements
 */
final class Handover<L> implements Runnable {

    private static final System.Logger LOG = System.getLogger(Handover.class.getName());
    private static final MethodHandle COUNT = count();
    private static final AtomicInteger UNDER_WAY = new AtomicInteger();

    /**
     * Bytes of bytecode times elements that take some 20 milliseconds. From then on it is worth some tenths of a second of another
     * processor to be faster with what will follow; and what takes the longest is the first to begin.
     */
    private static final long BEGIN = 1 << 30;
    private static final int LOOP_BYTES = 32;
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long ATTEMPT_NANOS = TimeUnit.SECONDS.toNanos(4);
    static final int ATTEMPTS = 3;
    private static final int CALLS_OF_A_ROUND = 10;
    /** The JIT compiler wants to see a thousand calls and twenty thousand vectors; before, no comparison is fair. */
    private static final int ROUNDS_UNCOMPARED = 100;
    private static final int WINS = 20;
    /** The loop over elements may be compiled to one over vectors too. One that is not compiled is slower by far more. */
    private static final double AS_FAST = 1.5;

    private final long attemptNanos;
    private final LoopTemplate.Copy<L> elementwise;
    private final Supplier<LoopTemplate.Copy<L>> vectors;
    private final Consumer<L> sample;
    private final VolatileCallSite site;
    private final long begin;
    private final AtomicLong elements = new AtomicLong();

    private LoopTemplate.Copy<L> tried;
    private int attempt;
    private long spent;
    private int rounds;
    private int wins;

    /** Of a loop as {@link #of} describes it; {@code attemptNanos} for each copy over vectors. */
    Handover(int length, LoopTemplate.Copy<L> elementwise, Supplier<LoopTemplate.Copy<L>> vectors, Consumer<L> sample,
            long attemptNanos) {
        this.attemptNanos = attemptNanos;
        this.elementwise = elementwise;
        this.vectors = vectors;
        this.sample = sample;
        begin = BEGIN / (length + LOOP_BYTES);
        tried = elementwise;
        List<Class<?>> parameters = elementwise.run().type().parameterList();
        MethodHandle counting = MethodHandles.dropArguments(COUNT.bindTo(this), 0,
                parameters.subList(0, parameters.size() - 1));
        site = new VolatileCallSite(MethodHandles.foldArguments(elementwise.run(), counting));
    }

    /**
     * The loop.
     *
     * @param length of the code for an element, in bytes
     * @param elementwise its form over single elements
     * @param vectors makes the other form
     * @param sample runs a loop over some hundred elements that are for samples only
     */
    static <L> L of(int length, LoopTemplate.Copy<L> elementwise, Supplier<LoopTemplate.Copy<L>> vectors,
            Consumer<L> sample) {
        return new Handover<>(length, elementwise, vectors, sample, ATTEMPT_NANOS).loop();
    }

    /** The loop, in whichever form. */
    L loop() {
        return MethodHandleProxies.asInterfaceInstance(elementwise.kind(), site.dynamicInvoker());
    }

    /** Called by the loop before each run. */
    void count(int n) {
        long before = elements.getAndAdd(n);
        if (before < begin && before + n >= begin) {
            site.setTarget(elementwise.run());
            UNDER_WAY.incrementAndGet();
            Generated.BACKGROUND.execute(this);
        }
    }

    /** Whether some loops have begun to become vectors and not ended. */
    static boolean isUnderWay() {
        return UNDER_WAY.get() > 0;
    }

    @Override
    public void run() {
        try {
            if (turn()) {
                UNDER_WAY.decrementAndGet();
                LOG.log(Level.DEBUG, "A {0} is over {1} from now on, after {2} ms in attempt {3}",
                        elementwise.kind().getSimpleName(),
                        wins == WINS ? "vectors" : "single elements",
                        TimeUnit.NANOSECONDS.toMillis(spent), attempt);
            } else {
                Generated.BACKGROUND.execute(this);
            }
        } catch (RuntimeException | Error failed) { // the other form goes on
            UNDER_WAY.decrementAndGet();
            LOG.log(Level.WARNING, "No vectors for a " + elementwise.kind().getSimpleName(), failed);
        }
    }

    /** Goes on for a while, as others wait for the thread; true when it is decided which form stays. */
    boolean turn() {
        if (attempt == 0 || spent > attemptNanos) {
            if (attempt == ATTEMPTS) {
                return true;
            }
            attempt++;
            spent = 0;
            rounds = 0;
            wins = 0;
            tried = vectors.get();
        }
        long first = System.nanoTime();
        long now = first;
        while (wins < WINS && now - first < TURN_NANOS) {
            long start = now;
            repeat(tried.loop());
            long between = System.nanoTime();
            repeat(elementwise.loop());
            now = System.nanoTime();
            rounds++;
            boolean won = rounds > ROUNDS_UNCOMPARED && between - start <= AS_FAST * (now - between);
            wins = won ? wins + 1 : 0;
        }
        spent += now - first;
        if (wins == WINS) {
            site.setTarget(tried.run());
        }
        return wins == WINS;
    }

    private void repeat(L loop) {
        for (int i = 0; i < CALLS_OF_A_ROUND; i++) {
            sample.accept(loop);
        }
    }

    private static MethodHandle count() {
        try {
            return MethodHandles.lookup().findVirtual(Handover.class, "count",
                    MethodType.methodType(void.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
