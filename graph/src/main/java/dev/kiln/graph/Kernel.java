package dev.kiln.graph;

import dev.kiln.streams.Stream;

/** A piece of {@link Work} made ready for a device; used by many threads at once. */
@FunctionalInterface
public interface Kernel {

    /**
     * Does the work, or hands it to the device, in the order of {@code stream}.
     *
     * @param addresses of the inputs, then of the outputs; valid until the stream has passed this work
     */
    void launch(Stream stream, long[] addresses);
}
