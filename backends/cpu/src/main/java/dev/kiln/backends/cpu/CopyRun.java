package dev.kiln.backends.cpu;

import dev.kiln.graph.Layout;
import dev.kiln.graph.Work;
import dev.kiln.graph.Work.Extent;
import java.util.List;
import java.util.Optional;

/** A program that only copies an array. */
record CopyRun(StridedCopy copy) implements SharedRun {

    /** For {@code program}, if it is of that kind and repeats nothing along rows: loops over blocks load that once. */
    static Optional<SharedRun> of(Work.Program program) {
        if (!program.body().isEmpty() || program.loads().size() != 1 || !program.stores().equals(List.of(0))
                || program.space().rank() == 0) {
            return Optional.empty();
        }
        Work.Load load = program.loads().getFirst();
        return load.extent() == Extent.FULL && load.layout().stride(-1) != 0
                ? Optional.of(new CopyRun(StridedCopy.of(program.space(), load.dtype().size(), load.layout(),
                        Layout.contiguous(program.space()))))
                : Optional.empty();
    }

    @Override
    public long pieces() {
        return copy.pieces();
    }

    @Override
    public void run(long[] addresses, long start, long end) {
        copy.run(addresses[0], addresses[1], start, end);
    }
}
