package dev.kiln.streams;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    private static final ThreadLocal<Stream> CPU = new ThreadLocal<>();
    private static final ThreadLocal<Map<Device, Stream>> OTHERS = ThreadLocal.withInitial(HashMap::new);

    private Defaults() {}

    static Stream stream() {
        return SCOPED.value.isBound() ? SCOPED.value.get().stream() : cpu();
    }

    static Stream stream(Device device) {
        if (device.equals(Device.CPU)) {
            return cpu();
        }
        device.requireAvailable();
        return OTHERS.get().compute(device, (key, known) -> usable(known, key));
    }

    private static Stream cpu() {
        Stream known = CPU.get();
        Stream stream = usable(known, Device.CPU);
        if (stream != known) {
            CPU.set(stream);
        }
        return stream;
    }

    /** A default stream that somebody has closed is replaced: a thread always has one. */
    private static Stream usable(@Nullable Stream known, Device device) {
        return known == null || known.isClosed() ? new Stream(device) : known;
    }
}
