package dev.kiln.graph;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.util.concurrent.UncheckedExecutionException;
import dev.kiln.streams.Device;
import java.util.concurrent.ExecutionException;

/** The kernels made so far, by device and work, shared by all plans and threads. */
final class Kernels {

    private record Key(Device device, Work work) {}

    private static final Cache<Key, Kernel> CACHE = CacheBuilder.newBuilder().maximumSize(4096).build();

    private Kernels() {}

    static Kernel of(Device device, Work work) {
        try {
            return CACHE.get(new Key(device, work), () -> Backends.of(device).compile(work));
        } catch (ExecutionException | UncheckedExecutionException failed) {
            throw Failures.again(failed.getCause() == null ? failed : failed.getCause());
        }
    }
}
