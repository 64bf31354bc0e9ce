package dev.kiln.graph;

import dev.kiln.streams.DeviceDriver;
import dev.kiln.streams.Stream;
import java.util.List;

/** What runs kernels on one kind of device; found by {@link java.util.ServiceLoader}. */
public interface Backend extends DeviceDriver {

    /** What a backend has for a primitive. */
    enum Fit {
        /** Nothing: the primitive's decomposition is used. */
        NONE,
        /** A kernel of its own. */
        ALONE,
        /** An instruction that can be part of a {@link Work.Program}. */
        FUSIBLE
    }

    /** What this backend has for {@code primitive} on such inputs. */
    Fit fit(Primitive primitive, List<Spec> inputs, Spec output);

    /** The kernel for {@code work}, whose primitives all {@link #fit}. */
    Kernel compile(Work work);

    /** Runs {@code action} once all that was launched on {@code stream} is done; called in the stream's order. */
    default void whenDone(Stream stream, Runnable action) {
        action.run();
    }
}
