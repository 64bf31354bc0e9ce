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

    /**
     * Tells that {@code event}, which {@link #whenDone} is about to be asked to complete, stands for the end of all that was handed
     * to the device for {@code stream}: a device that can make its streams wait for each other by itself takes note. Called in the
     * stream's order.
     */
    default void signals(Stream stream, Event event) {}

    /**
     * Makes what is handed to the device for {@code stream} from now on wait for {@code event}, on the device; called in the
     * stream's order.
     *
     * @return false if the device does not do that: the stream is to hold its work back until the event is done
     */
    default boolean awaits(Stream stream, Event event) {
        return false;
    }
}
