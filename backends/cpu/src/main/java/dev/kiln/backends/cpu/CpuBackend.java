package dev.kiln.backends.cpu;

import dev.kiln.graph.Backend;
import dev.kiln.graph.Kernel;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Primitive;
import dev.kiln.graph.Spec;
import dev.kiln.graph.Work;
import dev.kiln.streams.Device;
import java.util.List;
import java.util.Optional;

/** Runs kernels on the processor that runs the JVM. */
public final class CpuBackend implements Backend {

    /** An array that is no smaller than this is copied by a kernel of its own; below, a first-level cache holds its lines. */
    static final long WORTH_A_COPY = 64 << 10;
    /** Elements of which a cache line has so many, or not many more. */
    private static final int LINE = 8;

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

    /** Where neighbours in memory are far apart in the array, each cache line would be fetched once for each of its elements. */
    @Override
    public boolean readsCopyOf(Spec array, Layout layout) {
        int last = array.shape().rank() - 1;
        if (array.bytes() < WORTH_A_COPY || array.shape().dim(last) < LINE || layout.stride(last) <= 1) {
            return false;
        }
        for (int axis = 0; axis < last; axis++) {
            if (layout.stride(axis) == 1 && array.shape().dim(axis) >= LINE) {
                return true;
            }
        }
        return false;
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
