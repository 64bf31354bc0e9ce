package dev.kiln.streams;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What "default" means for the calling thread: the innermost scope, else the CPU's stream of this thread. */
final class Defaults {

    /** Wraps the one scoped value so that callers can only bind it. */
    static final class Scope {
        private final ScopedValue<StreamOrDevice> value = ScopedValue.newInstance();

        ScopedValue.Carrier where(StreamOrDevice target) {
            target.stream(); // an absent device is refused here, not at the first operation inside
            return ScopedValue.where(value, target);
        }
    }

    static final Scope SCOPED = new Scope();

    private static final ThreadLocal<Stream> CPU = ThreadLocal.withInitial(() -> new Stream(Device.CPU));
    private static final ThreadLocal<Map<Device, Stream>> OTHERS = ThreadLocal.withInitial(ConcurrentHashMap::new);

    private Defaults() {}

    static Stream stream() {
        return SCOPED.value.isBound() ? SCOPED.value.get().stream() : CPU.get();
    }

    static Stream stream(Device device) {
        if (device.equals(Device.CPU)) {
            return CPU.get();
        }
        device.requireAvailable();
        return OTHERS.get().computeIfAbsent(device, Stream::new);
    }
}
