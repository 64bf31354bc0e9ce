package dev.kiln.streams;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where an operation is to run: on a given stream, or on the default stream of a device. */
public sealed interface StreamOrDevice permits Stream, Device {

    /** The stream meant: this one, or the calling thread's default stream of this device. */
    Stream stream();

    /** Runs {@code action} with this as the calling thread's default; nests, and ends with the call. */
    default void run(Runnable action) {
        Defaults.SCOPED.where(this).run(action);
    }

    /** Like {@link #run}, with a result. */
    default <T extends @Nullable Object> T call(Supplier<T> action) {
        return Defaults.SCOPED.where(this).call(action::get);
    }

    /**
     * The stream of an operation that was given {@code choice}, the optional trailing argument of every operation.
     *
     * @throws IllegalArgumentException if more than one is given
     */
    static Stream resolve(StreamOrDevice @Nullable... choice) {
        if (choice == null || choice.length == 0) {
            return Defaults.stream();
        }
        if (choice.length > 1) {
            throw new IllegalArgumentException(
                    "An operation runs on one stream or device, but " + choice.length + " were given.");
        }
        return choice[0] == null ? Defaults.stream() : choice[0].stream();
    }
}
