package dev.kiln.backends.cpu;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Scratch objects that outlive a call without being tied to a thread.
 *
 * <p>A thread local would keep megabytes for every virtual thread that ever multiplied; here at most {@code capacity}
 * idle objects are kept, and taking one neither locks nor, once the pool is warm, allocates.
 *
 * @param <T> the kind of scratch
 */
public final class Pool<T> {

    private final AtomicReferenceArray<@Nullable T> idle;
    private final Supplier<T> maker;

    public Pool(int capacity, Supplier<T> maker) {
        this.idle = new AtomicReferenceArray<>(capacity);
        this.maker = maker;
    }

    /** Takes an idle object, or makes one. Hand it back with {@link #release}. */
    public T acquire() {
        for (int i = 0; i < idle.length(); i++) {
            T free = idle.getAndSet(i, null);
            if (free != null) {
                return free;
            }
        }
        return maker.get();
    }

    /** Hands an object back; it is dropped when the pool is full. */
    public void release(T object) {
        for (int i = 0; i < idle.length(); i++) {
            if (idle.compareAndSet(i, null, object)) {
                return;
            }
        }
    }
}
