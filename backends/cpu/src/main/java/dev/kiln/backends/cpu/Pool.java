package dev.kiln.backends.cpu;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Scratch objects that outlive a call without being tied to a thread.
 *
 * <p>A thread local would keep megabytes for every virtual thread that ever multiplied; here at most {@code capacity}
 * idle objects are kept, and taking one allocates nothing once the pool is warm.
 *
 * @param <T> the kind of scratch
 */
public final class Pool<T> {

    private final ArrayBlockingQueue<T> idle;
    private final Supplier<T> maker;

    public Pool(int capacity, Supplier<T> maker) {
        this.idle = new ArrayBlockingQueue<>(capacity);
        this.maker = maker;
    }

    /** Takes an idle object, or makes one. Hand it back with {@link #release}. */
    public T acquire() {
        @Nullable
        T free = idle.poll();
        return free != null ? free : maker.get();
    }

    /** Hands an object back; it is dropped when the pool is full. */
    public void release(T object) {
        boolean _ = idle.offer(object);
    }
}
