package dev.kiln.ops;

import dev.kiln.graph.Buffer;
import dev.kiln.graph.DType;
import dev.kiln.graph.Layout;
import dev.kiln.graph.OffHeap;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Storage;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The keys that a thread's draws use when they are given none. Each key is split in two, as {@code split(key)} would: the
 * first is kept, the second handed out.
 *
 * <p>
 * The splitting is done here and now rather than as a graph: a chain of lazy splits would grow with every draw, and no two
 * draws would have the same plan.
 */
final class KeySequence {

    private static final AtomicLong THREADS = new AtomicLong();
    private static final long STARTED = System.nanoTime() ^ System.currentTimeMillis() << 20;
    private static final long ODD = 0x9E3779B97F4A7C15L;

    private static final ThreadLocal<KeySequence> CURRENT = ThreadLocal
            .withInitial(() -> new KeySequence(STARTED + ODD * THREADS.incrementAndGet()));

    private static final Spec KEY = new Spec(Shape.shape(2), DType.UINT32);

    private int key0;
    private int key1;

    private KeySequence(long seed) {
        seed(seed);
    }

    /** The calling thread's. */
    static KeySequence current() {
        return CURRENT.get();
    }

    /** Starts again from the key of {@code seed}. */
    void seed(long seed) {
        key0 = (int) (seed >>> 32);
        key1 = (int) seed;
    }

    /**
     * A key that was not handed out before; in a function that is being compiled one that each call will draw, in one that is
     * computed again the same as before.
     */
    Array next() {
        return Draws.next(() -> Tracing.isRunning() ? Tracing.keyOfEachCall(KEY) : draw());
    }

    /** A key that was not handed out before. */
    Array draw() {
        int[] words = new int[2 * Threefry.BLOCK];
        words[1] = 1; // the counters (0, 2) and (1, 3), as for the bits of shape (2, 2)
        words[Threefry.BLOCK] = 2;
        words[Threefry.BLOCK + 1] = 3;
        Threefry.hash(key0, key1, words, 2);
        key0 = words[0];
        key1 = words[1];
        return key(words[Threefry.BLOCK], words[Threefry.BLOCK + 1]);
    }

    /** A key of these two words. */
    static Array key(int word0, int word1) {
        Buffer buffer = Buffer.allocate(2 * Integer.BYTES);
        OffHeap.ALL.set(ValueLayout.JAVA_INT, buffer.address(), word0);
        OffHeap.ALL.set(ValueLayout.JAVA_INT, buffer.address() + Integer.BYTES, word1);
        buffer.keepAlive();
        return Operands.leaf(KEY, new Storage.Held(buffer, Layout.contiguous(KEY.shape())));
    }
}
