package dev.kiln.backends.cpu;

import dev.kiln.graph.Kernel;
import dev.kiln.graph.Layout;
import dev.kiln.graph.Shape;
import dev.kiln.graph.Work;
import dev.kiln.ops.Take;
import dev.kiln.streams.Stream;
import dev.kiln.streams.Workers;

/**
 * Copies one slice for each index.
 *
 * @param slice copies all of one index's elements
 * @param from bytes from one slice of the array to the next
 * @param to bytes from one slice of the result to the next
 */
record TakeKernel(Work.Operand list, Indices indices, StridedCopy slice, long from, long to, long bytes)
        implements
            Kernel {

    static Kernel of(Take primitive, Work.Single work) {
        Work.Operand array = work.inputs().getFirst();
        Work.Operand list = work.inputs().get(1);
        int axis = primitive.axis();
        int size = work.output().dtype().size();
        Shape shape = array.spec().shape().with(axis, 1);
        Shape joined = array.spec().shape().with(axis, list.spec().shape().size());
        Layout result = Layout.contiguous(joined);
        return new TakeKernel(list,
                new Indices(primitive.name(), list.spec().dtype(), axis, array.spec().shape().dim(axis)),
                StridedCopy.of(shape, size, array.layout(), result), array.layout().stride(axis) * size,
                result.stride(axis) * size, work.output().bytes());
    }

    @Override
    public void launch(Stream stream, long[] addresses) {
        long count = list.spec().shape().size();
        int tasks = Tasks.count(count, (double) bytes);
        Workers.shared().run(tasks,
                task -> take(addresses, Tasks.start(count, tasks, task), Tasks.start(count, tasks, task + 1)));
    }

    private void take(long[] addresses, long begin, long end) {
        if (begin == end) {
            return;
        }
        Odometer walk = Odometer.over(list.spec().shape().toArray(),
                Odometer.steps(list.layout(), list.spec().dtype().size())).seek(begin);
        for (long i = begin; i < end; i++, walk.next()) {
            slice.run(addresses[0] + indices.at(addresses[1] + walk.at(0)) * from, addresses[2] + i * to);
        }
    }
}
