package dev.kiln.backends.cpu;

import dev.kiln.graph.Kernel;
import dev.kiln.graph.Work;
import dev.kiln.ops.TakeAlongAxis;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;

/** Copies one element for each index. */
final class TakeAlongAxisKernel implements Kernel {

    private final Indices indices;
    private final long[] dims;
    /** For each axis the array's step in bytes, 0 for the axis that the indices choose. */
    private final long[] array;
    private final long[] list;
    /** The step of the axis that the indices choose. */
    private final long along;
    private final int size;
    private final long count;

    TakeAlongAxisKernel(TakeAlongAxis primitive, Work.Single work) {
        Work.Operand from = work.inputs().getFirst();
        Work.Operand places = work.inputs().get(1);
        int axis = primitive.axis();
        indices = new Indices(primitive.name(), places.spec().dtype(), axis, from.spec().shape().dim(axis));
        dims = places.spec().shape().toArray();
        count = places.spec().shape().size();
        list = Odometer.steps(places.layout(), places.spec().dtype().size());
        size = work.output().dtype().size();
        array = Odometer.steps(from.layout(), size);
        along = array[axis];
        array[axis] = 0;
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        int tasks = Tasks.count(count, (double) count * (size + Long.BYTES));
        Workers.shared().run(tasks,
                task -> take(addresses, Tasks.start(count, tasks, task), Tasks.start(count, tasks, task + 1)));
    }

    private void take(long[] addresses, long begin, long end) {
        if (begin == end) {
            return;
        }
        Odometer walk = Odometer.over(dims, array, list).seek(begin);
        for (long i = begin; i < end; i++, walk.next()) {
            long index = indices.at(addresses[1] + walk.at(1));
            StridedCopy.element(size, addresses[0] + walk.at(0) + index * along, addresses[2] + i * size);
        }
    }
}
