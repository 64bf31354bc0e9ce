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
final class PutAlongAxisKernel implements Kernel {

    private final StridedCopy copy;
    private final Indices indices;
    private final long[] dims;
    private final long[] list;
    private final long[] values;
    /** For each axis the result's step in bytes, 0 for the axis that the indices choose. */
    private final long[] result;
    /** The step of the axis that the indices choose. */
    private final long along;
    private final int size;
    private final long count;

    PutAlongAxisKernel(PutAlongAxis primitive, Work.Single work) {
        Work.Operand places = work.inputs().get(1);
        int axis = primitive.axis();
        Layout whole = Layout.contiguous(work.output().shape());
        size = work.output().dtype().size();
        copy = StridedCopy.of(work.output().shape(), size, work.inputs().getFirst().layout(), whole);
        indices = new Indices(primitive.name(), places.spec().dtype(), axis, work.output().shape().dim(axis));
        dims = places.spec().shape().toArray();
        count = places.spec().shape().size();
        list = Odometer.steps(places.layout(), places.spec().dtype().size());
        values = Odometer.steps(work.inputs().get(2).layout(), size);
        result = Odometer.steps(whole, size);
        along = result[axis];
        result[axis] = 0;
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        if (addresses[0] != addresses[3]) {
            copy.runShared(addresses[0], addresses[3]);
        }
        Odometer walk = Odometer.over(dims, list, values, result);
        for (long i = 0; i < count; i++, walk.next()) {
            long index = indices.at(addresses[1] + walk.at(0));
            StridedCopy.element(size, addresses[2] + walk.at(1), addresses[3] + walk.at(2) + index * along);
        }
    }
}
