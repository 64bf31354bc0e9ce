package dev.kiln.graph;

import dev.kiln.streams.DeviceDriver;
import dev.kiln.streams.Stream;
import java.util.List;
import java.util.function.Consumer;

/** What runs kernels on one kind of device; found by {@link java.util.ServiceLoader}. */
public interface Backend extends DeviceDriver {

    /** What a backend has for a primitive. */
    enum Fit {
        /** Nothing: the primitive's decomposition is used. */
        NONE,
        /** The processor's kernel, over the same memory while the device waits: used only if there is no decomposition. */
        LAST_RESORT,
        /** A kernel of its own. */
        ALONE,
        /** An instruction that can be part of a {@link Work.Program}. */
        FUSIBLE
    }

    /** What this backend has for {@code primitive} on such inputs. */
    Fit fit(Primitive primitive, List<Spec> inputs, Spec output);

    /**
     * Whether programs had better read a contiguous copy of an array of this layout. A reduction of its rows alone is then no program
     * but {@link Work.Single}, which may read the array as it lies.
     */
    default boolean readsCopyOf(Spec array, Layout layout) {
        return false;
    }

    /** The kernel for {@code work}, whose primitives all {@link #fit}. */
    Kernel compile(Work work);

    /**
     * Whether a kernel may still be under way when it has been launched. Then launches are made by
     * {@link Kernel#launch(Stream, long[], Consumer)}, whatever their inputs are worth, which is known only later as well.
     */
    default boolean isAsynchronous() {
        return false;
    }
}
