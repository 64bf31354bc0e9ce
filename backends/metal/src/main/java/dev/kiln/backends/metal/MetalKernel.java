package dev.kiln.backends.metal;

import dev.kiln.graph.Kernel;
import dev.kiln.streams.Stream;
import java.util.function.Consumer;

/** A kernel that runs on the device, some time after it is launched. */
interface MetalKernel extends Kernel {

    /**
     * Puts the work into a batch; on its queue's encoding thread.
     *
     * @param failed for what is found to be wrong when the work is done
     */
    void encode(Batch batch, long[] addresses, Consumer<Throwable> failed);

    @Override
    default void launch(Stream stream, long[] addresses) {
        throw new UnsupportedOperationException("Metal does its work later.");
    }

    @Override
    default void launch(Stream stream, long[] addresses, Consumer<Throwable> failed) {
        MetalDevice.get().queue(stream).encode(this, addresses, failed);
    }
}
