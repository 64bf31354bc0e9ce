package dev.kiln.graph;

import dev.kiln.streams.Stream;
import java.util.function.Consumer;

/** A piece of {@link Work} made ready for a device; used by many threads at once. */
@FunctionalInterface
public interface Kernel {

    /**
     * Does the work, or hands it to the device, in the order of {@code stream}.
     *
     * @param addresses of the inputs, then of the outputs; valid until the stream has passed this work
     */
    void launch(Stream stream, long[] addresses);

    /**
     * Hands the work to a device that {@linkplain Backend#isAsynchronous does it later}.
     *
     * @param failed is told what went wrong, at once or later, but before what {@link Backend#whenDone} was given after this
     */
    default void launch(Stream stream, long[] addresses, Consumer<Throwable> failed) {
        launch(stream, addresses);
    }
}
