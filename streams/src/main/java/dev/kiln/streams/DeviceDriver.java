package dev.kiln.streams;

import java.util.Optional;

/** What a backend tells about its device; found by {@link java.util.ServiceLoader}. */
public interface DeviceDriver {

    /** The kind of device that this driver drives. */
    Device.Kind kind();

    /** Empty if the device can be used, else one line that says what is missing. */
    Optional<String> whyUnavailable();

    /**
     * Runs {@code action} once all that was handed to the device for {@code stream} is done; called in the stream's order.
     */
    default void whenDone(Stream stream, Runnable action) {
        action.run();
    }
}
