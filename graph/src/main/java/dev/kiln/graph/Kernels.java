package dev.kiln.graph;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import dev.kiln.streams.Device;
import java.util.Objects;

/** The kernels made so far, by device and work, shared by all plans and threads. */
final class Kernels {

    private record Key(Device device, Work work) {}

    private static final Cache<Key, Kernel> CACHE = CacheBuilder.newBuilder().maximumSize(4096).build();

    private Kernels() {}

    /** Made outside of the cache, where an error would leave all who ask for the same kernel waiting for ever. */
    static Kernel of(Device device, Work work) {
        Key key = new Key(device, work);
        Kernel known = CACHE.getIfPresent(key);
        if (known != null) {
            return known;
        }
        Kernel made = Backends.of(device).compile(work);
        return Objects.requireNonNullElse(CACHE.asMap().putIfAbsent(key, made), made);
    }
}
