package dev.kiln.backends.metal;

import dev.kiln.graph.Backend;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.streams.Device;
import dev.kiln.streams.Stream;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/**
 * What Metal has no kernel for, and what has no parts: the processor's kernel does it, over the same memory, at its place in
 * the stream's order. The device waits meanwhile, so this is for what is rare.
 */
final class Elsewhere {

    /** The backend of the processor, if the program has one. */
    private static final Optional<Backend> CPU = ServiceLoader.load(Backend.class, Elsewhere.class.getClassLoader())
            .stream().filter(provider -> provider.type() != MetalBackend.class).map(ServiceLoader.Provider::get)
            .filter(backend -> backend.kind() == Device.Kind.CPU).findFirst();

    private Elsewhere() {}

    /** Whether the processor has a kernel for it. */
    static boolean has(Primitive primitive, List<Spec> in, Spec out) {
        return CPU.filter(cpu -> cpu.fit(primitive, in, out) == Backend.Fit.ALONE).isPresent();
    }

    static Kernel kernel(Work work) {
        Kernel kernel = CPU.orElseThrow().compile(work);
        return new Kernel() {
            @Override
            public void launch(Stream stream, long[] addresses) {
                throw new UnsupportedOperationException("Metal does its work later.");
            }

            @Override
            public void launch(Stream stream, long[] addresses, Consumer<Throwable> failed) {
                MetalDevice.get().queue(stream).runHere(() -> kernel.launch(stream, addresses), failed);
            }
        };
    }
}
