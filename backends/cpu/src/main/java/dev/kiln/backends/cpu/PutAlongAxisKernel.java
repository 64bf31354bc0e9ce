package dev.kiln.backends.cpu;

import dev.kiln.graph.Kernel;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Work;
import dev.kiln.ops.PutAlongAxis;
import dev.kiln.streams.Stream;

/**
 * Copies the array if it is not to be changed in place, then the values to their places, in order and by one thread, so that of
 * equal indices the last wins.
 */
record PutAlongAxisKernel(StridedCopy copy, Places places, Places.Loop put) implements Kernel {

    static Kernel of(PutAlongAxis primitive, Work.Single work) {
        int size = work.output().dtype().size();
        StridedCopy copy = StridedCopy.of(work.output().shape(), size, work.inputs().getFirst().layout(),
                Layout.contiguous(work.output().shape()));
        return new PutAlongAxisKernel(copy, Places.alongAxis(primitive.name(), primitive.axis(), work),
                PlacedCopy.to(size));
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        if (addresses[0] != addresses[3]) {
            copy.runShared(addresses[0], addresses[3]);
        }
        places.run(addresses[2], addresses[1], addresses[3], 0, places.count(), put);
    }
}
