package dev.kiln.backends.cpu;

import dev.kiln.graph.Backend;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.streams.Device;
import java.util.List;
import java.util.Optional;

/** Runs kernels on the processor that runs the JVM. */
public final class CpuBackend implements Backend {

    /** For {@link java.util.ServiceLoader}. */
    public CpuBackend() {}

    @Override
    public Device.Kind kind() {
        return Device.Kind.CPU;
    }

    @Override
    public Optional<String> whyUnavailable() {
        return Optional.empty();
    }

    @Override
    public Fit fit(Primitive primitive, List<Spec> inputs, Spec output) {
        return Instructions.has(primitive, inputs)
                ? Fit.FUSIBLE
                : Table.has(primitive, inputs, output) ? Fit.ALONE : Fit.NONE;
    }

    @Override
    public Kernel compile(Work work) {
        return switch (work) {
            case Work.Program program -> ProgramKernel.of(program);
            case Work.Single single -> Table.kernel(single);
            case Work.Several several -> Table.kernel(several);
        };
    }
}
