package dev.kiln.backends.metal;

import dev.kiln.graph.Backend;
import dev.kiln.graph.DType;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.streams.Device;
import dev.kiln.streams.Event;
import dev.kiln.streams.Stream;
import java.util.List;
import java.util.Optional;

/**
 * Runs kernels on the GPU of an Apple silicon Mac. It is there if its {@link MetalSelfTest} passes, which runs when one first
 * asks for the device.
 *
 * <p>
 * Metal has no float64: operations on it are refused when they are planned, like in MLX.
 */
public final class MetalBackend implements Backend {

    /** For {@link java.util.ServiceLoader}. */
    public MetalBackend() {}

    @Override
    public Device.Kind kind() {
        return Device.Kind.METAL;
    }

    @Override
    public Optional<String> whyUnavailable() {
        return MetalSelfTest.whyUnavailable();
    }

    @Override
    public Fit fit(Primitive primitive, List<Spec> inputs, Spec output) {
        if (output.dtype() == DType.FLOAT64 || inputs.stream().anyMatch(input -> input.dtype() == DType.FLOAT64)) {
            return Fit.NONE;
        }
        if (Instructions.has(primitive, inputs)) {
            return Fit.FUSIBLE;
        }
        if (Table.has(primitive, inputs, output)) {
            return Fit.ALONE;
        }
        return Elsewhere.has(primitive, inputs, output) ? Fit.LAST_RESORT : Fit.NONE;
    }

    @Override
    public Kernel compile(Work work) {
        return kernel(work);
    }

    /** The kernel for {@code work}, which is compiled now. */
    static Kernel kernel(Work work) {
        Pipelines pipelines = MetalDevice.get().pipelines();
        return switch (work) {
            case Work.Program program -> ProgramKernel.of(program, pipelines);
            case Work.Single single -> Table.kernel(single, pipelines).orElseGet(() -> Elsewhere.kernel(single));
            case Work.Several several -> throw new IllegalArgumentException("No kernel for " + several.primitives());
        };
    }

    @Override
    public boolean isAsynchronous() {
        return true;
    }

    @Override
    public void signals(Stream stream, Event event) {
        MetalDevice.get().queue(stream).signal(event);
    }

    @Override
    public boolean awaits(Stream stream, Event event) {
        MetalDevice.get().queue(stream).await(event);
        return true;
    }

    @Override
    public void whenDone(Stream stream, Runnable action) {
        MetalDevice.get().queue(stream).whenDone(action);
    }
}
