package dev.kiln.graph;

import dev.kiln.streams.Device;
import java.util.EnumMap;
import java.util.Map;
import java.util.ServiceLoader;

/** The backends of this JVM, by kind of device. */
final class Backends {

    private static final Map<Device.Kind, Backend> BY_KIND = new EnumMap<>(Device.Kind.class);

    static {
        for (Backend backend : ServiceLoader.load(Backend.class, Backends.class.getClassLoader())) {
            BY_KIND.putIfAbsent(backend.kind(), backend);
        }
    }

    private Backends() {}

    static Backend of(Device device) {
        Backend backend = BY_KIND.get(device.kind());
        if (backend == null) {
            throw new IllegalStateException("Device " + device + " is not available: "
                    + device.whyUnavailable().orElse("its driver brings no backend") + ".");
        }
        return backend;
    }
}
