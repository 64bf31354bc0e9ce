package dev.kiln.streams;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** A processor that streams run on. */
public record Device(Kind kind, int index) implements StreamOrDevice {

    /** The kinds of device. */
    public enum Kind {
        CPU, METAL
    }

    /** The processor that runs the JVM. */
    public static final Device CPU = new Device(Kind.CPU, 0);

    /** The GPU of an Apple silicon Mac. */
    public static final Device METAL = new Device(Kind.METAL, 0);

    /**
     * @throws NullPointerException if {@code kind} is null
     * @throws IllegalArgumentException if {@code index} is negative
     */
    public Device {
        Objects.requireNonNull(kind, "A device's kind is null.");
        if (index < 0) {
            throw new IllegalArgumentException("A device's index is at least 0, but got " + index + ".");
        }
    }

    /** The device that operations of the calling thread run on when they are not told another. */
    public static Device defaultDevice() {
        return Defaults.stream().device();
    }

    /** Whether streams of this device can run. Never throws. */
    public boolean isAvailable() {
        return whyUnavailable().isEmpty();
    }

    /** Empty if the device can be used, else one line that says what it needs. */
    public Optional<String> whyUnavailable() {
        DeviceDriver driver = Drivers.BY_KIND.get(kind);
        if (driver == null) {
            return Optional.of(switch (kind) {
                case CPU -> "no CPU backend is on the class path or module path: add dev.kiln:kiln-backend-cpu";
                case METAL -> "it needs a Mac with Apple silicon and the Metal backend (dev.kiln:kiln-backend-metal);"
                        + " this is " + System.getProperty("os.name") + " on " + System.getProperty("os.arch")
                        + " and no such backend is on the class path or module path";
            });
        }
        if (index > 0) {
            return Optional.of("there is only one such device, at index 0");
        }
        return driver.whyUnavailable();
    }

    /** The calling thread's default stream of this device. */
    @Override
    public Stream stream() {
        return Defaults.stream(this);
    }

    /** Runs {@code action} once the device has done all that it was handed for {@code stream}. */
    void whenDone(Stream stream, Runnable action) {
        DeviceDriver driver = Drivers.BY_KIND.get(kind);
        if (driver == null) {
            action.run();
        } else {
            driver.whenDone(stream, action);
        }
    }

    /** Whether the device itself makes what is handed to it for {@code stream} from now on wait for {@code event}. */
    boolean awaits(Stream stream, Event event) {
        DeviceDriver driver = Drivers.BY_KIND.get(kind);
        return driver != null && driver.awaits(stream, event);
    }

    void requireAvailable() {
        whyUnavailable().ifPresent(why -> {
            throw new IllegalStateException("Device " + this + " is not available: " + why + ".");
        });
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + (index == 0 ? "" : ":" + index);
    }

    private static final class Drivers {
        static final Map<Kind, DeviceDriver> BY_KIND = load();

        private static Map<Kind, DeviceDriver> load() {
            Map<Kind, DeviceDriver> found = new EnumMap<>(Kind.class);
            var drivers = ServiceLoader.load(DeviceDriver.class, Device.class.getClassLoader()).iterator();
            while (true) {
                try {
                    if (!drivers.hasNext()) {
                        return found;
                    }
                    DeviceDriver driver = drivers.next();
                    found.putIfAbsent(driver.kind(), driver);
                } catch (ServiceConfigurationError broken) { // one broken driver must not take the others with it
                    System.getLogger("dev.kiln").log(System.Logger.Level.WARNING, "A device driver was skipped",
                            broken);
                }
            }
        }
    }
}
